"""Footnotes: marks and notes that do not find each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.issues.findings.base import Facts, Finding, texts
from masthead.issues.rendering.notes import MARK


def orphans(facts: Facts) -> Iterator[Finding]:
    """A mark without its note; a note that nothing points to; two notes with one key."""
    known = set(facts.note_keys)
    pointed: set[str] = set()
    for place, text in texts(facts):
        keys = set(MARK.findall(text))
        pointed |= keys
        for key in sorted(keys - known):
            yield Finding(
                "note-missing",
                "block",
                place,
                _("[^%(key)s] has no footnote.") % {"key": key},
                _("Add a footnote with this key, or remove the mark."),
            )
    for key in sorted(known - pointed):
        yield Finding(
            "note-unused",
            "warn",
            _("footnotes"),
            _("Nothing points to the footnote “%(key)s”, so readers do not see it.") % {"key": key},
            _("Write [^%(key)s] where it belongs.") % {"key": key},
        )
    for key, times in Counter(facts.note_keys).items():
        if times > 1:
            yield Finding(
                "note-twice",
                "block",
                _("footnotes"),
                _("%(count)s footnotes have the key “%(key)s”; readers would see the first only.") % {"count": times, "key": key},
                _("Give each its own key."),
            )
