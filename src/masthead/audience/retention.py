"""How long each kind of what is held about a reader is kept, for the reader to read (GDPR, article 15 (1) (d)).

Each figure is that by which it is deleted: a setting, or the constant that housekeeping goes by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from masthead.audience import keeping
from masthead.mail import single


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind. `days`: how long at most; None: until the reader is erased."""

    what: str | Promise
    days: int | None = None

    @property
    def how_long(self) -> str:
        """In words, in the language that is spoken now."""
        if self.days is None:
            return _("until you erase it, or ask us to")
        return ngettext("%(days)d day", "%(days)d days", self.days) % {"days": self.days}


#: By the name of the kind; other parts of the whole enter theirs when they are loaded.
KINDS: dict[str, Callable[[], Kept]] = {
    "profile": lambda: Kept(gettext_lazy("Address, name, choices, answers, lists, and what we noted about you")),
    "consent": lambda: Kept(gettext_lazy("What you agreed to and left, and when")),
    "unconfirmed": lambda: Kept(gettext_lazy("A sign-up that you do not confirm"), settings.UNCONFIRMED_DAYS),
    "links": lambda: Kept(gettext_lazy("That a link we mailed you was used"), keeping.USED_LINKS_KEPT.days),
    "letters": lambda: Kept(gettext_lazy("Single mails to you, such as those to confirm and to sign in"), single.KEPT.days),
    "files": lambda: Kept(gettext_lazy("A file that your address came in with"), keeping.IMPORT_FILES_KEPT.days),
}


def all_kinds() -> list[Kept]:
    """Each of them, for a page."""
    return [kind() for kind in KINDS.values()]


def as_json() -> dict[str, str]:
    """The same for the file, in words for programs."""
    found = {name: kind().days for name, kind in KINDS.items()}
    return {name: "until erased" if days is None else f"{days} days" for name, days in found.items()} | {
        "fingerprint_after_erasure": "for good"
    }
