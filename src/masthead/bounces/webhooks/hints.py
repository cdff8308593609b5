"""What each provider says beside the words of the receiving server: codes, classes, and words of its own.

Providers' words are in tables; one that is in none decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hint:
    """`reason` is certain; `otherwise` is for where the server's words give none. `soft`: None when the provider does not say."""

    status: str = ""
    reply: str = ""
    words: str = ""
    reason: str = ""
    otherwise: str = ""
    soft: bool | None = None


_MANY = {
    # Amazon SES, bounceSubType
    "noemail": "userunknown", "mailboxfull": "mailboxfull", "messagetoolarge": "mesgtoobig", "contentrejected": "contenterror",
    "attachmentrejected": "contenterror", "suppressed": "suppressed", "onaccountsuppressionlist": "suppressed",
    # Mandrill, bounce_description
    "bad_mailbox": "userunknown", "invalid_domain": "hostunknown", "mailbox_full": "mailboxfull", "mailbox_inactive": "suspend",
    # Mailjet, error
    "user unknown": "userunknown", "mailbox inactive": "suspend", "quota exceeded": "mailboxfull",
    "invalid domain": "hostunknown", "no mail host": "hostunknown", "blacklisted": "suppressed", "spam reporter": "suppressed",
    "preblocked": "suppressed", "relay/access denied": "norelaying", "content blocked": "spamdetected",
    "sender blocked": "rejected", "policy issue": "policyviolation", "greylisted": "toomanyconn",
    # Unisender Go, delivery_status
    "err_user_unknown": "userunknown", "err_user_inactive": "suspend", "err_mailbox_full": "mailboxfull",
    "err_spam_rejected": "spamdetected", "err_too_large": "mesgtoobig", "err_unsubscribed": "suppressed",
    "err_domain_inactive": "hostunknown", "err_blacklisted": "blocked", "err_unreachable": "networkerror",
    # SendGrid, bounce_classification
    "invalid address": "userunknown", "mailbox unavailable": "suspend", "reputation": "badreputation",
    "content": "contenterror", "technical": "systemerror", "frequency/volume": "toomanyconn",
    # Postmark, Type
    "bademailaddress": "userunknown", "dmarcpolicy": "authfailure", "spamnotification": "spamdetected",
    "virusnotification": "virusdetected", "manuallydeactivated": "suppressed", "dnserror": "networkerror",
}  # fmt: skip
#: SparkPost's bounce_class (its documentation, "Bounce Classification Codes").
_SPARKPOST = {
    "10": "userunknown", "21": "networkerror", "22": "mailboxfull", "23": "mesgtoobig", "24": "expired", "25": "suppressed",
    "50": "blocked", "51": "spamdetected", "52": "spamdetected", "53": "contenterror", "54": "norelaying", "70": "systemerror",
}  # fmt: skip
_SPARKPOST_SOFT = frozenset({"20", "21", "22", "23", "24", "70", "100", "60"})


def of(provider: str, event: Event, recipient: str) -> Hint:
    """What `provider` says in `event` about `recipient`."""
    reader = _READERS.get(provider)
    return reader(event, recipient) if reader is not None else Hint()


def _ses(event: Event, recipient: str) -> Hint:
    bounce = _part(event, "bounce")
    own: Event = next((each for each in _list(bounce.get("bouncedRecipients")) if each.get("emailAddress") == recipient), {})
    word = _word(bounce.get("bounceSubType"))
    kind = _word(bounce.get("bounceType"))
    certain = "suppressed" if word == "suppressed" else ""
    soft = {"transient": True, "permanent": False}.get(kind.lower())
    return Hint(_word(own.get("status")), reason=certain, otherwise=word, soft=soft)


def _mailgun(event: Event, recipient: str) -> Hint:
    data = _part(event, "event-data")
    said = _part(data, "delivery-status")
    severity = _text(data.get("severity"))
    reason = "suppressed" if _text(data.get("reason")).startswith("suppress") else ""
    soft = {"temporary": True, "permanent": False}.get(severity)
    return Hint(_text(said.get("enhanced-code")), _code(said.get("code")), _text(said.get("description")), reason, soft=soft)


def _sendgrid(event: Event, recipient: str) -> Hint:
    dropped = _text(event.get("event")) == "dropped"
    soft = True if _text(event.get("type")) == "blocked" and not dropped else None
    return Hint(
        _text(event.get("status")),
        words=_text(event.get("reason")),
        reason="suppressed" if dropped else "",
        otherwise=_word(event.get("bounce_classification")),
        soft=soft,
    )


def _postmark(event: Event, recipient: str) -> Hint:
    kind = _text(event.get("Type"))
    soft = {"SoftBounce": True, "Transient": True, "DnsError": True, "HardBounce": False}.get(kind)
    words = " ".join(filter(None, (_text(event.get("Details")), _text(event.get("Description")) if kind != "HardBounce" else "")))
    return Hint(words=words, otherwise=_word(kind), soft=soft)


def _brevo(event: Event, recipient: str) -> Hint:
    kind = _text(event.get("event"))
    reason = "suppressed" if kind == "blocked" and not event.get("reason") else ""
    return Hint(reason=reason, soft={"soft_bounce": True, "deferred": True, "hard_bounce": False}.get(kind))


def _mailjet(event: Event, recipient: str) -> Hint:
    hard = event.get("hard_bounce")
    soft = not hard if isinstance(hard, bool) else None
    word = _word(event.get("error"))
    certain = "suppressed" if word == "suppressed" else ""
    return Hint(words=_text(event.get("comment")), reason=certain, otherwise=word, soft=soft)


def _sparkpost(event: Event, recipient: str) -> Hint:
    inner: Event = next(iter(_part(event, "msys").values()), {})
    number = _text(inner.get("bounce_class"))
    soft = number in _SPARKPOST_SOFT if number else None
    certain = "suppressed" if number == "25" else ""
    return Hint(
        reply=_code(inner.get("error_code")),
        words=_text(inner.get("reason")),
        reason=certain,
        otherwise=_SPARKPOST.get(number, ""),
        soft=soft,
    )


def _resend(event: Event, recipient: str) -> Hint:
    bounce = _part(_part(event, "data"), "bounce")
    word = _word(bounce.get("subType"))
    soft = {"transient": True, "permanent": False}.get(_text(bounce.get("type")).lower())
    diagnostic = " ".join(_text(each) for each in _list(bounce.get("diagnosticCode"), str))
    return Hint(
        words=diagnostic or _text(bounce.get("message")),
        reason="suppressed" if word == "suppressed" else "",
        otherwise=word,
        soft=soft,
    )


def _mailersend(event: Event, recipient: str) -> Hint:
    kind = _text(_part(event, "data").get("type"))
    return Hint(soft={"soft_bounced": True, "hard_bounced": False}.get(kind))


def _mandrill(event: Event, recipient: str) -> Hint:
    message = _part(event, "msg")
    soft = {"soft_bounce": True, "deferral": True, "hard_bounce": False}.get(_text(event.get("event")))
    reason = "suppressed" if _text(event.get("event")) == "reject" else ""
    return Hint(words=_text(message.get("diag")), reason=reason, otherwise=_word(message.get("bounce_description")), soft=soft)


def _mailtrap(event: Event, recipient: str) -> Hint:
    kind = _text(event.get("event"))
    soft = {"soft bounce": True, "suspension": True, "bounce": False}.get(kind)
    reason = "suppressed" if kind == "reject" else ""
    words = " ".join(filter(None, (_text(event.get("response")), _text(event.get("reason")))))
    return Hint(reply=_code(event.get("response_code")), words=words, reason=reason, soft=soft)


def _postal(event: Event, recipient: str) -> Hint:
    payload = _part(event, "payload")
    soft = {"SoftFail": True, "HardFail": False}.get(_text(payload.get("status")))
    return Hint(words=_text(payload.get("output")) or _text(payload.get("details")), soft=soft)


def _unisender(event: Event, recipient: str) -> Hint:
    said = _part(event, "delivery_info")
    word = _word(said.get("delivery_status"))
    certain = "suppressed" if word == "suppressed" else ""
    soft = {"soft_bounced": True, "hard_bounced": False}.get(_text(event.get("status")))
    return Hint(words=_text(said.get("destination_response")), reason=certain, otherwise=word, soft=soft)


_READERS: dict[str, Callable[[Event, str], Hint]] = {
    "ses": _ses, "mailgun": _mailgun, "sendgrid": _sendgrid, "postmark": _postmark, "brevo": _brevo, "mailjet": _mailjet,
    "sparkpost": _sparkpost, "resend": _resend, "mailersend": _mailersend, "mandrill": _mandrill, "mailtrap": _mailtrap,
    "postal": _postal, "unisender": _unisender,
}  # fmt: skip


def _part(event: Event, name: str) -> Event:
    found = event.get(name) if isinstance(event, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _list(value: object, kind: type = dict) -> list[Any]:
    return [each for each in value if isinstance(each, kind)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return str(value)[:2000] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _word(value: object) -> str:
    """The reason that a provider's own word stands for, or the word itself, which is no reason then."""
    word = _text(value)
    return _MANY.get(word.lower(), word)


def _code(value: object) -> str:
    text = _text(value)
    return text if len(text) == 3 and text.isdigit() else ""
