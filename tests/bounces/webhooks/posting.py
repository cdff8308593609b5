"""What each provider posts, in the shape that its documentation shows, with values of our own, and signed as it signs."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import md5, sha1, sha256
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from masthead.bounces.webhooks.proofs import Post

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SECRET = "a-key-of-the-provider"
SVIX_SECRET = "whsec_" + b64encode(b"0123456789abcdef01234567").decode()
TOPIC = "arn:aws:sns:eu-west-1:123456789012:returns"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c3d.pem"
URL = "https://bulletin.example/hooks/token"
DIAGNOSTIC = "smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
EPOCH = int(NOW.timestamp()) - 60
ISO = "2026-03-04T09:29:00Z"

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def hard(provider: str, *, address: str, sender: str = "x@example.org", message_id: str = "x@example.org") -> Any:
    """The event of a mail to `address` that the receiver refused because there is no such user."""
    said = DIAGNOSTIC.format(address=address).removeprefix("smtp; ")
    return {
        "ses": {
            "eventType": "Bounce",
            "bounce": {
                "feedbackId": "0102", "bounceType": "Permanent", "bounceSubType": "General", "timestamp": ISO,
                "bouncedRecipients": [
                    {"emailAddress": address, "action": "failed", "status": "5.1.1",
                     "diagnosticCode": DIAGNOSTIC.format(address=address)}
                ],
            },
            "mail": {"timestamp": ISO, "messageId": "0102018a-own", "source": sender, "destination": [address],
                     "headers": [{"name": "Subject", "value": "No. 1971"}]},
        },
        "brevo": {"id": 26224, "event": "hard_bounce", "email": address, "date": "2026-03-04 10:29:00", "ts_epoch": EPOCH * 1000,
                  "message-id": f"<{message_id}>", "subject": "No. 1971", "reason": said},
        "mailersend": {
            "type": "activity.hard_bounced", "domain_id": "yv69oxl5kl785kw2", "created_at": ISO,
            "data": {
                "object": "activity", "id": "62f1a", "type": "hard_bounced", "created_at": ISO,
                "email": {"object": "email", "id": "62f1b", "from": "courier@example.org", "subject": "No. 1971",
                          "message": {"object": "message", "id": "62f1c"},
                          "recipient": {"object": "recipient", "id": "62f1d", "email": address}},
                "morph": {"object": "recipient_bounce", "reason": said, "readable_reason": said},
            },
        },
        "mailgun": {
            "event-data": {
                "event": "failed", "severity": "permanent", "reason": "bounce", "id": "G9Bn5sl1TC6nu79C8C0bwg",
                "timestamp": EPOCH + 0.25, "recipient": address, "recipient-domain": address.partition("@")[2],
                "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": said, "description": "", "attempt-no": 1},
                "message": {"headers": {"message-id": message_id, "to": address, "from": "courier@example.org"}},
                "envelope": {"sender": sender, "transport": "smtp", "targets": address},
            }
        },
        "mailjet": [
            {"event": "bounce", "time": EPOCH, "MessageID": 19421777835146490, "Message_GUID": "1ab23cd4", "email": address,
             "mj_campaign_id": 7257, "mj_contact_id": 4, "customcampaign": "", "CustomID": message_id, "Payload": "",
             "blocked": False, "hard_bounce": True, "error_related_to": "recipient", "error": "user unknown", "comment": said}
        ],
        "mailtrap": {"events": [
            {"event": "bounce", "message_id": "0102", "sending_stream": "bulk", "email": address, "timestamp": EPOCH,
             "event_id": "bede7236", "custom_variables": {"message": message_id}, "bounce_category": "badmailbox",
             "response": said, "response_code": 550}
        ]},
        "mandrill": [
            {"event": "hard_bounce", "_id": "abc", "ts": EPOCH,
             "msg": {"ts": EPOCH - 5, "_id": "abc", "email": address, "sender": "courier@example.org", "state": "bounced",
                     "metadata": {"message": message_id}, "bounce_description": "bad_mailbox", "diag": f"smtp;{said}"}}
        ],
        "postal": {
            "event": "MessageDeliveryFailed", "timestamp": EPOCH, "uuid": "0d9c",
            "payload": {"status": "HardFail", "details": "Permanent SMTP delivery error", "output": said, "timestamp": EPOCH,
                        "message": {"id": 12345, "token": "abcdef123", "direction": "outgoing", "message_id": message_id,
                                    "to": address, "from": sender, "subject": "No. 1971", "tag": None}},
        },
        "postmark": {
            "RecordType": "Bounce", "ID": 901542550, "Type": "HardBounce", "TypeCode": 1, "MessageID": "2706ee8a",
            "Metadata": {"message": message_id}, "Description": "The server was unable to deliver your message.",
            "Details": DIAGNOSTIC.format(address=address), "Email": address, "From": "courier@example.org", "BouncedAt": ISO,
        },
        "resend": {
            "type": "email.bounced", "created_at": ISO,
            "data": {"email_id": "56761188", "from": "courier@example.org", "to": [address], "subject": "No. 1971",
                     "headers": [{"name": "Message-ID", "value": f"<{message_id}>"}],
                     "bounce": {"message": "The recipient's email provider sent a hard bounce message.", "type": "Permanent",
                                "subType": "General", "diagnosticCode": [DIAGNOSTIC.format(address=address)]}},
        },
        "sendgrid": [
            {"email": address, "timestamp": EPOCH, "smtp-id": f"<{message_id}>", "event": "bounce", "type": "bounce",
             "sg_event_id": "ZHVy", "sg_message_id": "14c5", "reason": said, "status": "5.1.1",
             "bounce_classification": "Invalid Address"}
        ],
        "sparkpost": [
            {"msys": {"message_event": {
                "type": "bounce", "bounce_class": "10", "error_code": "550", "event_id": "92356927693813856", "rcpt_to": address,
                "raw_rcpt_to": address, "raw_reason": said, "reason": said, "msg_from": sender, "rcpt_meta": {},
                "timestamp": str(EPOCH), "transmission_id": "65832150921904138"}}}
        ],
        "unisender": {
            "auth": "0" * 32,
            "events_by_user": [{"user_id": 456, "events": [
                {"event_name": "transactional_email_status",
                 "event_data": {"job_id": "1a3Q2V-0000OZ-S0", "metadata": {"message": message_id}, "email": address,
                                "status": "hard_bounced", "event_time": "2026-03-04 09:29:00",
                                "delivery_info": {"delivery_status": "err_user_unknown", "destination_response": said}}}]}],
        },
    }[provider]  # fmt: skip


def complaint(provider: str, *, address: str, sender: str = "x@example.org", message_id: str = "x@example.org") -> Any:
    """The event of a reader who called it spam."""
    event = hard(provider, address=address, sender=sender, message_id=message_id)
    changes: dict[str, Any] = {
        "ses": {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": address}],
                                                        "complaintFeedbackType": "abuse", "timestamp": ISO}},
        "brevo": {"event": "spam"},
        "postmark": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001},
        "resend": {"type": "email.complained"},
        "mailersend": {"type": "activity.spam_complaint", "data": {**_data(event), "type": "spam_complaint"}},
        "mailgun": {"event-data": {**_data(event, "event-data"), "event": "complained"}},
    }  # fmt: skip
    if provider in changes:
        return {**event, **changes[provider]}
    if provider == "mailtrap":
        return {"events": [{**event["events"][0], "event": "spam"}]}
    if provider == "unisender":
        event["events_by_user"][0]["events"][0]["event_data"]["status"] = "spam"
        return event
    if provider == "sparkpost":
        inner = {name: value for name, value in event[0]["msys"]["message_event"].items() if name != "bounce_class"}
        return [{"msys": {"message_event": {**inner, "type": "spam_complaint", "fbtype": "abuse"}}}]
    return [{**event[0], "event": {"mailjet": "spam", "mandrill": "spam", "sendgrid": "spamreport"}[provider]}]


def secret_of(provider: str) -> str:
    """What is typed at the desk."""
    public = {"sendgrid": elliptic_key(), "postal": rsa_key()}.get(provider)
    if public is not None:
        return b64encode(
            public.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        ).decode()
    return {"resend": SVIX_SECRET, "ses": TOPIC}.get(provider, SECRET)


def post(provider: str, event: Any, *, at: datetime = NOW, **headers: str) -> Post:
    """`event` as the provider posts it at `at`."""
    signed = _SIGNERS.get(provider, _plain)(event, at)
    kind, body, more = signed
    return Post(body=body, headers={"content-type": kind, **more, **headers}, url=URL, at=at)


def _plain(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    login = b64encode(f"masthead:{SECRET}".encode()).decode()
    return JSON, json.dumps(event).encode(), {"authorization": f"Basic {login}"}


def _hmac(header: str) -> Any:
    def sign(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
        body = json.dumps(event).encode()
        return JSON, body, {header: hmac.new(SECRET.encode(), body, sha256).hexdigest()}

    return sign


def _mailgun(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    timestamp, token = str(int(at.timestamp())), "a5e3" * 12
    signature = hmac.new(SECRET.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest()
    signed = {**event, "signature": {"timestamp": timestamp, "token": token, "signature": signature}}
    return JSON, json.dumps(signed).encode(), {}


def _mandrill(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    fields = {"mandrill_events": json.dumps(event)}
    text = URL + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signature = b64encode(hmac.new(SECRET.encode(), text.encode(), sha1).digest()).decode()
    return FORM, urlencode(fields).encode(), {"x-mandrill-signature": signature}


def _svix(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    body, identity, timestamp = json.dumps(event).encode(), "msg_2x", str(int(at.timestamp()))
    key = b"0123456789abcdef01234567"
    signature = b64encode(hmac.new(key, f"{identity}.{timestamp}.".encode() + body, sha256).digest()).decode()
    return JSON, body, {"svix-id": identity, "svix-timestamp": timestamp, "svix-signature": f"v1,b2xk v1,{signature}"}


def _sendgrid(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    body, timestamp = json.dumps(event).encode(), str(int(at.timestamp()))
    signature = elliptic_key().sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    name = "x-twilio-email-event-webhook"
    return JSON, body, {f"{name}-signature": b64encode(signature).decode(), f"{name}-timestamp": timestamp}


def _postal(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    body = json.dumps(event).encode()
    signature = rsa_key().sign(body, padding.PKCS1v15(), hashes.SHA1())
    return JSON, body, {"x-postal-signature": b64encode(signature).decode()}


def _unisender(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    body = json.dumps({**event, "auth": SECRET}).encode()
    digest = md5(body).hexdigest()
    return JSON, body.replace(SECRET.encode(), digest.encode()), {}


def sns(message: dict[str, str], *, version: str = "2") -> bytes:
    """`message` signed as Amazon SNS signs it."""
    message = {"SignatureVersion": version, "SigningCertURL": CERTIFICATE, "TopicArn": TOPIC, "MessageId": "22b80b92", **message}
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = rsa_key().sign(text.encode(), padding.PKCS1v15(), digest)
    return json.dumps({**message, "Signature": b64encode(signature).decode()}).encode()


def _ses(event: Any, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    message = {"Type": "Notification", "Message": json.dumps(event), "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    return "text/plain; charset=UTF-8", sns(message), {}


def amazons_certificate(url: str) -> bytes:
    """Stands in for Amazon's host."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder(
        subject_name=name, issuer_name=name, public_key=rsa_key().public_key(), serial_number=1,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC), not_valid_after=datetime(2027, 1, 1, tzinfo=UTC),
    ).sign(rsa_key(), hashes.SHA256())  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM)


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def elliptic_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _data(event: Any, name: str = "data") -> dict[str, Any]:
    found: dict[str, Any] = event.get(name, {}) if isinstance(event, dict) else {}
    return found


_SIGNERS: dict[str, Any] = {
    "ses": _ses, "mailgun": _mailgun, "mandrill": _mandrill, "resend": _svix, "sendgrid": _sendgrid, "postal": _postal,
    "unisender": _unisender, "mailersend": _hmac("signature"), "mailtrap": _hmac("mailtrap-signature"),
}  # fmt: skip
