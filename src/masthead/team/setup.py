"""The one-time links that make staff: the first run's, and invitations. There is no default password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from masthead.audit.recording import record
from masthead.team import people
from masthead.team.models import Role, SetupLink, User

SETUP_VALID = timedelta(hours=24)
INVITATION_VALID = timedelta(days=7)


class LinkUnusable(Exception):
    """The link was used, has expired or never was. The text is the same for all three."""

    def __init__(self) -> None:
        super().__init__("This link has been used or has expired. Run `masthead init` for a new one, or ask to be invited again.")


def needs_owner() -> bool:
    """Whether nobody could look after this install yet."""
    return not User.objects.filter(role=Role.OWNER, is_active=True).exists()


@transaction.atomic
def issue_first_link(*, now: datetime) -> str:
    """A token that makes the first owner. Those printed before work as well, until there is an owner: then all of them end."""
    return _issue(role=Role.OWNER, email="", valid=SETUP_VALID, by="command line", now=now)


@transaction.atomic
def invite(*, email: str, role: Role, by: str, now: datetime) -> str:
    """A token that makes `email` a member of staff. Raises `people.AddressTaken`."""
    if User.objects.filter(email__iexact=email).exists():
        raise people.AddressTaken(email)
    SetupLink.objects.filter(email__iexact=email, used_at=None).delete()
    return _issue(role=role, email=email.strip().lower(), valid=INVITATION_VALID, by=by, now=now)


def peek(*, token: str, now: datetime) -> SetupLink:
    """The open link behind `token`. A link without an address is the first run's. Raises LinkUnusable."""
    link = SetupLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now).first()
    if link is None or (not link.email and not needs_owner()):
        raise LinkUnusable
    return link


@transaction.atomic
def use(*, token: str, email: str, name: str, password: str, now: datetime) -> User:
    """Become staff by `token`, once. An invitation's address stands in the link and overrules `email`.

    Raises LinkUnusable and `people.AddressTaken`.
    """
    link = peek(token=token, now=now)
    if SetupLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now) != 1:
        raise LinkUnusable
    return people.create(email=link.email or email, name=name, role=Role(link.role), password=password, by="set-up link", now=now)


def _issue(*, role: Role, email: str, valid: timedelta, by: str, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    SetupLink.objects.create(token_hash=_hash(token), role=role, email=email, created_at=now, expires_at=now + valid)
    record(action="set-up link issued", by=by, now=now, details={"role": str(role), "until": (now + valid).isoformat()})
    return token


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
