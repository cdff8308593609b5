"""Passkeys of readers (WebAuthn Level 3): a way in beside the mailed link and code, never instead of them.

The browser finds the key by itself: nobody types an address, so nothing can tell whether an address is a reader's (rule S12).
What a begun ceremony expects is handed out as `state`, which the caller keeps until the answer comes and then forgets: it works
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from masthead.audience.models import Passkey, Subscriber
from masthead.audit.recording import record
from masthead.mail import sealing

MOST = 10

State = dict[str, str]


class PasskeyRefused(Exception):
    """The answer does not belong to a key we know, to this host or to what was asked; it does not say which."""


def begin_adding(*, subscriber: Subscriber, host: str, name: str) -> tuple[dict[str, Any], State]:
    """Options for `navigator.credentials.create` and the state to keep. `name` is the publication's. Raises PasskeyRefused."""
    if subscriber.passkeys.count() >= MOST:
        raise PasskeyRefused
    # The handle names nobody: it stands on the device, and must not hold an address (WebAuthn §14.6.1).
    handle = sealing.seal(sealing.PASSKEY, subscriber.pk).encode("ascii")
    user = PublicKeyCredentialUserEntity(id=handle, name=subscriber.address, display_name=subscriber.name or subscriber.address)
    options, state = _server(host, name).register_begin(
        user,
        [AttestedCredentialData(bytes(key.data)) for key in subscriber.passkeys.filter(host=host)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), _kept(state)


@transaction.atomic
def add(*, subscriber: Subscriber, host: str, state: Mapping[str, str], answer: object, now: datetime) -> Passkey:
    """Keep the key that the device made. Raises PasskeyRefused."""
    try:
        made = _server(host, host).register_complete(_given(state), _mapping(answer))
        credential = made.credential_data
        if credential is None:
            raise PasskeyRefused
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    if Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise PasskeyRefused
    key = Passkey.objects.create(
        subscriber=subscriber,
        credential_id=credential.credential_id,
        data=bytes(credential),
        host=host,
        sign_count=made.counter,
        created_at=now,
    )
    record(action="reader.passkey_added", by="reader", now=now, subject=f"reader:{subscriber.pk}")
    return key


def begin_sign_in(*, host: str) -> tuple[dict[str, Any], State]:
    """Options for `navigator.credentials.get` and the state to keep: the same for everybody."""
    options, state = _server(host, host).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), _kept(state)


@transaction.atomic
def sign_in(*, host: str, state: Mapping[str, str], answer: object, now: datetime) -> Subscriber:
    """Who holds the key that answered. Raises PasskeyRefused, also when its counter went back: there are two of it (§6.1.1)."""
    try:
        response = AuthenticationResponse.from_dict(_mapping(answer))
        key = Passkey.objects.select_related("subscriber").filter(credential_id=response.raw_id, host=host).first()
        if key is None:
            raise PasskeyRefused
        _server(host, host).authenticate_complete(_given(state), [AttestedCredentialData(bytes(key.data))], _mapping(answer))
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    counted = response.response.authenticator_data.counter
    if (counted or key.sign_count) and counted <= key.sign_count:
        raise PasskeyRefused
    Passkey.objects.filter(pk=key.pk).update(sign_count=counted, used_at=now)
    return key.subscriber


@transaction.atomic
def remove(*, subscriber: Subscriber, number: int, now: datetime) -> bool:
    """Forget one of the reader's own keys. Returns whether there was one."""
    gone, _of_each = subscriber.passkeys.filter(pk=number).delete()
    if gone:
        record(action="reader.passkey_removed", by="reader", now=now, subject=f"reader:{subscriber.pk}")
    return bool(gone)


def _server(host: str, name: str) -> Fido2Server:
    """Its own check of the origin: https, or http on localhost, at this very host."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=name))


def _kept(state: Mapping[str, Any]) -> State:
    return {"challenge": str(state["challenge"])}


def _given(state: Mapping[str, str]) -> dict[str, Any]:
    return {"challenge": state["challenge"], "user_verification": UserVerificationRequirement.REQUIRED}


def _mapping(answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise PasskeyRefused
    return answer
