"""Refusals that are about us and not about one reader: telling them from others, and saying what helps."""

from __future__ import annotations

from django.utils.translation import gettext as _

from masthead.mail.transports.base import Reply, Stage

_SIGN_IN = frozenset({530, 535, 538})  # RFC 4954 §6
#: Bad sender, by name or system (RFC 3463 §3.2); what Exchange calls SendAsDenied. Many servers say so to RCPT or to the dot.
_SENDER_CODES = frozenset({"5.1.7", "5.1.8", "5.2.252"})
#: What servers say to a sender that they do not know as the user's own.
_SENDER_WORDS = ("sender", "send as", "sendas", "from address", "not owned by")


def is_our_fault(stage: Stage, reply: Reply) -> bool:
    """Whether a permanent refusal is about the sender, its rights or the relay's policy, not about this reader."""
    if not reply.permanent or stage == "unsendable":
        return False
    return is_about_us_all(stage, reply) or reply.enhanced.startswith("5.7.") or reply.enhanced in _SENDER_CODES


def is_about_us_all(stage: Stage, reply: Reply) -> bool:
    """Whether a refusal that is our fault is the relay's own: of our sender, our mail or our sign-in, whoever it is for."""
    return stage in ("mail", "data") or reply.code in _SIGN_IN


def explained(relay: str, stage: Stage, reply: Reply) -> str:
    """The answer to a single mail: `in_words` where a setting helps, else the server's words alone."""
    ours = is_about_us_all(stage, reply) or (
        is_our_fault(stage, reply) and (_is_of_sender(stage, reply) or _is_of_relaying(reply))
    )
    return in_words(relay, stage, reply) if ours and reply.permanent else str(reply)


def in_words(relay: str, stage: Stage, reply: Reply) -> str:
    """One sentence on a refusal that is our fault, by the server that has the name `relay`, with its own words and a way out."""
    if reply.code in _SIGN_IN:
        words = _("The mail server %(relay)s wants us to sign in first (%(words)s): give it the user and password of an account.")
    elif _is_of_sender(stage, reply):
        words = _(
            "The mail server %(relay)s does not let us send as this sender (%(words)s): change the sender's address, or have it"
            " allowed there."
        )
    elif _is_of_relaying(reply):
        words = _(
            "The mail server %(relay)s takes no mail for others from us (%(words)s): give it user and password, or have this"
            " machine let in."
        )
    else:
        words = _(
            "The mail server %(relay)s refuses our mail, not single readers (%(words)s): ask its operator, or choose another"
            " server."
        )
    return words % {"relay": relay, "words": " / ".join(str(reply).splitlines()).rstrip(".")}


def _is_of_sender(stage: Stage, reply: Reply) -> bool:
    text = reply.text.lower()
    return stage == "mail" or reply.enhanced in _SENDER_CODES or any(each in text for each in _SENDER_WORDS)


def _is_of_relaying(reply: Reply) -> bool:
    return "relay" in reply.text.lower()
