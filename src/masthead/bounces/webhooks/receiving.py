"""A provider's post: proven first, then stored as it came, once; nothing else happens while the provider waits."""

from __future__ import annotations

from django.db.models import F

from masthead.bounces import intake
from masthead.bounces.models import RawReport, Webhook
from masthead.bounces.reading.parts import MOST_BYTES
from masthead.bounces.webhooks.proofs import Post, Unproven
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.mail.passwords import SealedUnderAnotherKeyError, open_password

#: Room for the two lines in front of the body.
MOST_BODY = MOST_BYTES - 1000


def receive(*, webhook: Webhook, post: Post) -> RawReport:
    """Keep `post`, durable when it returns. Raises Unproven (counted, nothing else kept) and sns.NotNow."""
    try:
        secret = open_password(bytes(webhook.secret_sealed))
        if not secret:
            raise Unproven("No key was entered at the desk yet.")
        PROVIDERS[webhook.provider].proof(post, secret)
    except SealedUnderAnotherKeyError as error:
        Webhook.objects.filter(pk=webhook.pk).update(trouble=str(error)[:500])
        raise Unproven("The key must be typed again at the desk.") from error
    except Unproven:
        Webhook.objects.filter(pk=webhook.pk).update(refused=F("refused") + 1, refused_at=post.at)
        raise
    report, _created = intake.store(
        raw=wrapped(webhook.provider, post.headers.get("content-type", ""), post.body),
        via=intake.Via.WEBHOOK,
        source=webhook.name,
        size=len(post.body),
        now=post.at,
    )
    Webhook.objects.filter(pk=webhook.pk).update(posts=F("posts") + 1, last_at=post.at)
    return report


def wrapped(provider: str, content_type: str, body: bytes) -> bytes:
    """The body with two lines in front that say how to read it, so that a stored post can be read on its own."""
    plain = "".join(char for char in content_type if char.isprintable())[:200]
    return f"Masthead-Post: {provider}\nContent-Type: {plain}\n\n".encode() + body


def unwrapped(raw: bytes) -> tuple[str, str, bytes]:
    """(provider, content type, body). Raises ValueError."""
    head, blank, body = raw.partition(b"\n\n")
    first, _line, second = head.decode("utf-8", "replace").partition("\n")
    if not blank or not first.startswith("Masthead-Post: "):
        raise ValueError("no stored post")
    return first.partition(": ")[2], second.partition(": ")[2], body
