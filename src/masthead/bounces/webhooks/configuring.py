"""Decides which providers may post: their addresses, and what their posts are checked by."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces.models import Webhook
from masthead.bounces.webhooks.proofs import USER
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.common.urls import absolute
from masthead.mail import sealing
from masthead.mail.passwords import open_password, seal_password

_NUMBERS = 2**40
_ARN = re.compile(r"arn:aws[a-z-]{0,10}:sns:[a-z0-9-]{2,30}:\d{12}:[A-Za-z0-9_.-]{1,256}")


class BadWebhook(ValueError):
    """The configuration cannot work; the text says why."""


def draft(*, existing: Webhook | None = None, name: str = "", provider: str, secret: str = "", in_use: bool = True) -> Webhook:
    """An unsaved row with these values. An empty secret means the one that is kept, or one of our own making.

    Raises BadWebhook.
    """
    known = PROVIDERS.get(provider)
    if known is None:
        raise BadWebhook(_("There is no provider %(name)r; there are %(all)s.") % {"name": provider, "all": ", ".join(PROVIDERS)})
    name, secret = name.strip() or known.label, "".join(secret.split())
    other = Webhook.objects.filter(name=name).first()
    if other is not None and (existing is None or other.pk != existing.pk):
        raise BadWebhook(_("There is a webhook named “%(name)s” already.") % {"name": name})
    same = existing is not None and existing.provider == provider
    if secret and not (secret.isprintable() and secret.isascii()):
        raise BadWebhook(_("Keys have only ASCII letters, digits and signs."))
    if provider == "ses" and secret and not _ARN.fullmatch(secret):
        raise BadWebhook(_("Type the topic's whole ARN, such as arn:aws:sns:eu-west-1:123456789012:returns."))
    sealed = seal_password(secret) if secret else bytes(existing.secret_sealed) if existing and same else b""
    if not sealed and known.makes_own_secret:
        sealed = seal_password(secrets.token_urlsafe(24))
    row = Webhook(pk=existing.pk if existing else None, name=name, provider=provider, secret_sealed=sealed, in_use=in_use)
    row.number = existing.number if existing else secrets.randbelow(_NUMBERS - 1) + 1
    if existing is not None:
        row.posts, row.last_at, row.refused, row.refused_at = (
            existing.posts,
            existing.last_at,
            existing.refused,
            existing.refused_at,
        )
    return row


@transaction.atomic
def keep(*, webhook: Webhook, by: str, now: datetime) -> Webhook:
    """Keep `webhook` (from `draft`). Without a secret it refuses every post until one is entered."""
    webhook.save()
    details = {name: getattr(webhook, name) for name in ("name", "provider", "in_use")}
    record(action="webhook.kept", by=by, now=now, subject=f"webhook:{webhook.pk}", details=details)
    return webhook


@transaction.atomic
def renew(*, webhook: Webhook, by: str, now: datetime) -> Webhook:
    """Give `webhook` another address, and another password where the address has one; the old one is unknown from now on."""
    webhook.number = secrets.randbelow(_NUMBERS - 1) + 1
    if PROVIDERS[webhook.provider].makes_own_secret:
        webhook.secret_sealed = seal_password(secrets.token_urlsafe(24))
    webhook.save(update_fields=["number", "secret_sealed"])
    record(action="webhook.renewed", by=by, now=now, subject=f"webhook:{webhook.pk}", details={"name": webhook.name})
    return webhook


@transaction.atomic
def remove(*, webhook: Webhook, by: str, now: datetime) -> None:
    """Forget the webhook and its secret. What came by it stays."""
    record(action="webhook.removed", by=by, now=now, subject=f"webhook:{webhook.pk}", details={"name": webhook.name})
    webhook.delete()


def address_of(webhook: Webhook, *, base: str = "") -> str:
    """What to enter at the provider, on `base` or MASTHEAD_BASE_URL; with user and password where the provider signs nothing.

    Raises passwords.SealedUnderAnotherKeyError.
    """
    plain = plain_address_of(webhook, base=base)
    if not PROVIDERS[webhook.provider].makes_own_secret:
        return plain
    parts = urlsplit(plain)
    return urlunsplit(parts._replace(netloc=f"{USER}:{open_password(bytes(webhook.secret_sealed))}@{parts.netloc}"))


def plain_address_of(webhook: Webhook, *, base: str = "") -> str:
    """The address without user and password."""
    return absolute(base or settings.BASE_URL, "webhook", token=sealing.seal(sealing.WEBHOOK, webhook.number))


def find(token: str) -> Webhook | None:
    """The webhook in use whose address has `token`."""
    number = sealing.unseal(sealing.WEBHOOK, token)
    return Webhook.objects.filter(number=number, in_use=True).first() if number else None
