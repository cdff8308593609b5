"""Which single mails an address was sent lately, in the words of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from masthead.common.addresses import normalise
from masthead.mail.models import SingleMail

State = SingleMail.State

KINDS: dict[str, Promise] = {
    "confirmation": _("Confirmation"),
    "welcome": _("Welcome"),
    "goodbye": _("Goodbye"),
    "stay": _("Do you want to stay?"),
    "already_subscribed": _("Is subscribed already"),
    "sign_in": _("Link and code to sign in"),
    "new_address": _("Link that confirms a new address"),
    "old_address": _("Notice of a new address"),
    "forward": _("Forwarded by a reader"),
    "test": _("Test"),
    "notice": _("Notice to staff"),
}
STATES: dict[str, Promise] = {
    State.QUEUED: _("waiting"),
    State.SENDING: _("being sent"),
    State.ACCEPTED: _("accepted"),
    State.REJECTED: _("rejected"),
    State.EXPIRED: _("given up"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail: what it was, when it was asked for and what became of it."""

    kind: str
    state: str
    reply: str
    created_at: datetime
    is_final: bool

    @property
    def label(self) -> str:
        """What it was."""
        return str(KINDS.get(self.kind, self.kind))

    @property
    def state_label(self) -> str:
        """Where it stands."""
        return str(STATES[self.state])


def to_address(address: str) -> list[Sent]:
    """Newest first; what was settled two weeks ago is forgotten. Raises BadAddress."""
    found = SingleMail.objects.filter(envelope_to=normalise(address).ascii).defer("raw").order_by("-id")
    return [Sent(mail.kind, mail.state, mail.reply, mail.created_at, mail.is_final) for mail in found[:50]]
