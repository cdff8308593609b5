"""A reader's way into their own pages, without a password: a mailed link or a mailed six-digit code, either once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from masthead.audience import messages, tally, tokens
from masthead.audience.models import SignIn, Subscriber
from masthead.common.addresses import BadAddress, mask, normalise
from masthead.mail.fingerprints import fingerprint
from masthead.mail.sender import Sender

MINUTES = 15


class NotSignedIn(Exception):
    """The link or code is wrong, used, too old, or was guessed at too often; the answer does not say which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for in one's inbox. It is the same for known and unknown addresses."""

    address_masked: str
    subject: str
    sender: str


@transaction.atomic
def request(*, address: str, sender: Sender, link_url: Callable[[str], str], language: str = "", now: datetime) -> Asked:
    """Mail a link (made of its token by `link_url`) and a code, if a reader has this address. Raises BadAddress.

    The mail speaks the reader's language. What is answered speaks `language`, so that it tells nobody who is a reader (rule S12).
    """
    checked = normalise(address)
    mark = fingerprint(checked.key)
    may_mail = tally.may_mail_sign_in(fingerprint=mark, now=now)
    subscriber = Subscriber.objects.filter(address_key=checked.key).first()
    token, code = tokens.new_token(), tokens.new_code()
    if subscriber is not None and may_mail:
        SignIn.objects.create(
            subscriber=subscriber,
            token_hash=tokens.hash_token(token),
            code_hash=tokens.hash_code(code, mark),
            created_at=now,
            expires_at=now + timedelta(minutes=MINUTES),
        )
        messages.sign_in(
            to=subscriber.address,
            link=link_url(token),
            code=code,
            minutes=MINUTES,
            sender=sender,
            language=subscriber.language or language,
            now=now,
        )
    return Asked(mask(checked.address), messages.sign_in_subject(sender, language), sender.address)


def peek(*, token: str, now: datetime) -> Subscriber | None:
    """Whom `by_token` would sign in now, if anybody; changes nothing."""
    found = _open(now).select_related("subscriber").filter(token_hash=tokens.hash_token(token)).first()
    return found.subscriber.person if found else None


@transaction.atomic
def by_token(*, token: str, now: datetime) -> Subscriber:
    """Use up the mailed link. Raises NotSignedIn."""
    found = _open(now).select_related("subscriber").filter(token_hash=tokens.hash_token(token)).first()
    if found is None or not _use(found, now):
        raise NotSignedIn
    return found.subscriber.person


def by_code(*, address: str, code: str, now: datetime) -> Subscriber:
    """Use up the mailed code; after five wrong ones in a day only links work. Raises NotSignedIn.

    The try is counted before it is judged and stays counted when it fails, whether or not a reader has this address.
    """
    try:
        checked = normalise(address)
    except BadAddress as error:
        raise NotSignedIn from error
    mark = fingerprint(checked.key)
    with transaction.atomic():
        found = _with_code(mark, "".join(code.split()), now) if tally.may_try_code(fingerprint=mark, now=now) else None
        if found is not None and _use(found, now):
            tally.forgive_code(fingerprint=mark)
            return found.subscriber.person
    raise NotSignedIn


def _with_code(mark: bytes, code: str, now: datetime) -> SignIn | None:
    given = tokens.hash_code(code, mark)
    waiting = _open(now).filter(subscriber__fingerprint=mark).select_related("subscriber")
    return next((entry for entry in waiting if tokens.same(entry.code_hash, given)), None)


def _open(now: datetime) -> QuerySet[SignIn]:
    return SignIn.objects.filter(used_at=None, expires_at__gt=now)


def _use(found: SignIn, now: datetime) -> bool:
    """Claim by conditional update: of two at once, one gets in."""
    return SignIn.objects.filter(pk=found.pk, used_at=None).update(used_at=now) == 1
