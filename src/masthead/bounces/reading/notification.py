"""A provider's notification that was sent on by mail: the JSON of Amazon SES through SNS, bounce, complaint or delivery."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from masthead.bounces.reading import finding
from masthead.bounces.reading.finding import Failure
from masthead.bounces.reading.parts import Part

_STARTS = re.compile(r'\{\s*\\?"(?:notificationType|eventType|Type)\\?"\s*:')


@dataclass(frozen=True, slots=True)
class Notification:
    """What the provider says: a kind of `finding.KINDS`, its recipients, its Message-ID and its feedback type."""

    kind: str
    failures: tuple[Failure, ...]
    message_id: str
    feedback_type: str


def find(parts: list[Part]) -> Notification | None:
    """The notification in `parts`, or None."""
    for part in parts:
        if part.type in ("text/plain", "application/json"):
            found = _STARTS.search(part.text)
            if found:
                return _read(_decode(part.text[found.start() :]))
    return None


def _decode(text: str) -> object:
    if text.count("{") > 500 or text.count("[") > 500:
        return None
    try:
        value, _end = json.JSONDecoder(strict=False).raw_decode(text)
        inner = value.get("Message") if isinstance(value, dict) else None
        return json.loads(inner, strict=False) if isinstance(inner, str) and inner.lstrip().startswith("{") else value
    except (ValueError, RecursionError):
        return None


def _read(value: object) -> Notification | None:
    if not isinstance(value, dict):
        return None
    kind = str(value.get("notificationType") or value.get("eventType") or "").lower()
    body = value.get("deliveryDelay" if kind == "deliverydelay" else kind)
    if not isinstance(body, dict):
        return None
    mail = value.get("mail")
    message_id = _message_id(mail) if isinstance(mail, dict) else ""
    if kind == "complaint":
        people = [_failure(each) for each in _list(body.get("complainedRecipients"))]
        feedback_type = str(body.get("complaintFeedbackType") or "abuse")
        return Notification(finding.COMPLAINT, tuple(people), message_id, feedback_type)
    if kind == "delivery":
        people = [Failure(each, finding.FROM_FINAL, action="delivered") for each in map(str, _list(body.get("recipients")))]
        return Notification(finding.DELIVERED, tuple(people), message_id, "")
    if kind == "deliverydelay":
        people = [_failure(each) for each in _list(body.get("delayedRecipients"))]
        return Notification(finding.DELAYED, tuple(people), message_id, "")
    if kind == "bounce":
        lasting = str(body.get("bounceType") or "").lower()
        detail = str(body.get("bounceSubType") or "").lower()
        people = [_failure(each, lasting, detail) for each in _list(body.get("bouncedRecipients"))]
        return Notification(finding.BOUNCE, tuple(people), message_id, "")
    return None


#: Amazon's own words for it (bounceSubType).
_BY_DETAIL = {
    "noemail": "userunknown",
    "suppressed": "suppressed",
    "onaccountsuppressionlist": "suppressed",
    "mailboxfull": "mailboxfull",
    "messagetoolarge": "mesgtoobig",
    "contentrejected": "contenterror",
    "attachmentrejected": "virusdetected",
}


def _failure(person: object, lasting: str = "", detail: str = "") -> Failure:
    fields = person if isinstance(person, dict) else {"emailAddress": person}
    status = str(fields.get("status") or "")
    if not status and lasting in ("permanent", "transient"):
        status = "5.0.0" if lasting == "permanent" else "4.0.0"
    return Failure(
        address=str(fields.get("emailAddress") or ""),
        address_from=finding.FROM_FINAL,
        words=str(fields.get("diagnosticCode") or ""),
        status=status,
        action=str(fields.get("action") or ""),
        reason=_BY_DETAIL.get(detail, ""),
    )


def _message_id(mail: dict[str, object]) -> str:
    common = mail.get("commonHeaders")
    given = common.get("messageId") if isinstance(common, dict) else ""
    return str(given or "").strip("<> ")


def _list(value: object) -> list[object]:
    return value[:100] if isinstance(value, list) else []
