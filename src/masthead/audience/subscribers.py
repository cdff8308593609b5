"""Readers' own data: made, found, changed. What they are subscribed to is `audience.consent`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from masthead.audience.models import Subscriber
from masthead.audit.recording import record
from masthead.common.addresses import Address, BadAddress, normalise
from masthead.mail.fingerprints import fingerprint

#: BCP 47 as far as it matters here: a language of two or three letters, then subtags.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
LONGEST_NAME = 200
LONGEST_NOTE = 1000


class AddressKnown(Exception):
    """There is a reader with this address."""

    def __init__(self, address: str) -> None:
        super().__init__(_("%(address)s is a reader already.") % {"address": address})


class Fields(TypedDict, total=False):
    """What may be said of a reader besides the address."""

    name: str
    language: str
    mail_format: str
    mail_mode: str
    #: Typed values, as `audience.attributes` reads them.
    attributes: Mapping[str, object]
    note: str


@transaction.atomic
def create(*, address: str | Address, source: str, now: datetime, **fields: Unpack[Fields]) -> Subscriber:
    """A new reader without any subscription. Raises BadAddress, AddressKnown, and ValueError for a bad field."""
    made = build(address=address, source=source, now=now, **fields)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise AddressKnown(made.address) from error
    return made


def build(*, address: str | Address, source: str, now: datetime, **fields: Unpack[Fields]) -> Subscriber:
    """A reader that is not yet in the database. Raises as `create` does."""
    checked = address if isinstance(address, Address) else normalise(address)
    return Subscriber(
        address=checked.address,
        address_key=checked.key,
        domain=checked.domain,
        fingerprint=fingerprint(checked.key),
        source=source,
        created_at=now,
        **_clean(fields),
    )


def find(address: str) -> Subscriber | None:
    """The reader with this address, letter case aside; None also for what is no address."""
    try:
        return Subscriber.objects.filter(address_key=normalise(address).key).first()
    except BadAddress:
        return None


@transaction.atomic
def edit(*, subscriber: Subscriber, by: str, now: datetime, address: str | None = None, **fields: Unpack[Fields]) -> Subscriber:
    """Change what is given. Raises BadAddress, AddressKnown, and ValueError for a bad field."""
    after: dict[str, object] = _clean(fields)
    if address is not None:
        after |= address_fields(normalise(address))
    changed = [field for field, value in after.items() if getattr(subscriber, field) != value]
    if not changed:
        return subscriber
    if "address_key" in changed and Subscriber.objects.filter(address_key=after["address_key"]).exists():
        raise AddressKnown(str(after["address"]))
    for field in changed:
        setattr(subscriber, field, after[field])
    try:
        with transaction.atomic():
            subscriber.save(update_fields=changed)
    except IntegrityError as error:
        raise AddressKnown(subscriber.address) from error
    if by != "reader":
        record(action="reader.changed", by=by, now=now, subject=f"reader:{subscriber.pk}", details={"fields": changed})
    return subscriber


@transaction.atomic
def add_note(*, subscriber: Subscriber, text: str, who: str, by: str, now: datetime) -> Subscriber:
    """One more note below those there are, with its day (UTC) and who wrote it. Raises ValueError for an empty one."""
    text = text.replace("\0", "").strip()[:LONGEST_NOTE]
    if not text:
        raise ValueError(_("The note is empty."))
    line = f"{now:%Y-%m-%d} {one_line(who)}: {text}"
    locked = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    locked.note = f"{locked.note}\n{line}".strip()
    locked.save(update_fields=["note"])
    record(action="reader.noted", by=by, now=now, subject=f"reader:{subscriber.pk}")
    return locked


def address_fields(address: Address) -> dict[str, object]:
    """The columns that follow from an address."""
    return {
        "address": address.address,
        "address_key": address.key,
        "domain": address.domain,
        "fingerprint": fingerprint(address.key),
    }


def one_line(text: str) -> str:
    """`text` as one line without control characters: it may end up in a header."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char for char in text).split())


def language_tag(text: str) -> str:
    """A BCP 47 tag ("fr", "pt-BR"), or "" for what is none."""
    text = text.strip()
    return text.replace("_", "-") if _LANGUAGE.fullmatch(text) else ""


def _clean(fields: Fields) -> dict[str, object]:
    cleaned: dict[str, object] = {}
    if "name" in fields:
        cleaned["name"] = one_line(fields["name"])[:LONGEST_NAME]
    if "language" in fields:
        cleaned["language"] = language_tag(fields["language"])
    if "mail_format" in fields:
        cleaned["mail_format"] = Subscriber.Format(fields["mail_format"])
    if "mail_mode" in fields:
        cleaned["mail_mode"] = Subscriber.Mode(fields["mail_mode"])
    if "attributes" in fields:
        cleaned["attributes"] = {one_line(key): _plain(value) for key, value in fields["attributes"].items()}
    if "note" in fields:
        cleaned["note"] = fields["note"].replace("\0", "").strip()
    return cleaned


def _plain(value: object) -> object:
    """A value of an attribute as JSON has it: text on one line; numbers, yes and no as they are; lists of texts."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [one_line(str(each)) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"{type(value).__name__} is no value of an attribute")
