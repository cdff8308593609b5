"""What to do next about what receivers hold against us, in plain words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_DNS = _(
    "Check SPF, DKIM and DMARC of your domain: “masthead doctor” names each record and what it should say. Send no "
    "further issue to this receiver before they pass."
)
_CONTENT = _(
    "Look at the words of the refusal, then at the issue: links to listed hosts, link shorteners, attachments, "
    "shouting. Send a test to a mailbox of that receiver."
)
_REPUTATION = _(
    "Your server's address is known for spam there, perhaps from before your time. Ask the receiver to take it off "
    "its list; the words of the refusal usually name the page. Send less at a time until then."
)
_RELAY = _(
    "Your own mail server does not pass on mail for this domain, or hands it to a server that is not responsible. "
    "That is settled in the mail server, not here."
)
_PACE = _(
    "Nothing is lost: sending slows down by itself. If it happens each time, set a limit for this provider under How mail leaves."
)
_TLS = _("The encrypted connection failed. Look at the certificate of your mail server and at the receiver's demands.")
_POLICY = _("The words of the refusal name the policy. It is about the sender or the mail, hardly ever about the reader.")
_COMPLAINTS = _(
    "Who complained is taken off already. Look where these readers came from: a list that did not ask for "
    "confirmation, an old import? Make the way to leave easier to see. Go on only when you know the cause."
)

BY_REASON: dict[str, Promise] = {
    **dict.fromkeys(("authfailure", "requireptr", "rejected"), _DNS),
    **dict.fromkeys(("spamdetected", "virusdetected", "contenterror", "notcompliantrfc"), _CONTENT),
    **dict.fromkeys(("blocked", "badreputation"), _REPUTATION),
    "norelaying": _RELAY,
    "toomanyconn": _PACE,
    "failedstarttls": _TLS,
    **dict.fromkeys(("policyviolation", "securityerror"), _POLICY),
}


def about(kind: str, reason: str) -> Promise:
    """The advice for an alarm, or for a reason that is ours to mend."""
    return _COMPLAINTS if kind == "complaints" else BY_REASON.get(reason, _POLICY)
