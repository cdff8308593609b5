"""Tags are put on readers and taken off, one by one or a million at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from masthead.audience.models import Subscriber, Tag, Tagging
from masthead.audience.subscribers import one_line
from masthead.audit.recording import record

LONGEST = 60
_AT_ONCE = 5000


class BadTag(ValueError):
    """The name cannot be a tag's; the message says why."""


class TagTaken(Exception):
    """There is a tag of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is already a tag “%(name)s”.") % {"name": name})


def find(name: str) -> Tag | None:
    """The tag of this name, letter case aside."""
    return Tag.objects.filter(key=one_line(name).casefold()).first()


@transaction.atomic
def get_or_create(*, name: str, by: str, now: datetime) -> Tag:
    """The tag of this name, or a new one. Raises BadTag."""
    name = _checked(name)
    tag, created = Tag.objects.get_or_create(key=name.casefold(), defaults={"name": name, "created_at": now})
    if created:
        record(action="tag.created", by=by, now=now, subject=f"tag:{tag.pk}", details={"name": name})
    return tag


@transaction.atomic
def put(*, tag: Tag, readers: QuerySet[Subscriber], by: str, now: datetime) -> list[int]:
    """Put `tag` on `readers`. Returns the ids of those who did not have it, which is what an undo takes off."""
    wanted = readers.exclude(pk__in=Tagging.objects.filter(tag=tag).values("subscriber")).order_by("pk")
    new = list(wanted.values_list("pk", flat=True))
    for start in range(0, len(new), _AT_ONCE):
        some = (Tagging(subscriber_id=pk, tag=tag) for pk in new[start : start + _AT_ONCE])
        Tagging.objects.bulk_create(some, ignore_conflicts=True)
    if new:
        record(action="tag.put", by=by, now=now, subject=f"tag:{tag.pk}", details={"readers": len(new)})
    return new


@transaction.atomic
def take_off(*, tag: Tag, readers: QuerySet[Subscriber], by: str, now: datetime) -> list[int]:
    """Take `tag` off `readers`. Returns the ids of those who had it."""
    held = Tagging.objects.filter(tag=tag, subscriber__in=readers.order_by().values("pk"))
    had = sorted(held.values_list("subscriber_id", flat=True))
    held.delete()
    if had:
        record(action="tag.taken_off", by=by, now=now, subject=f"tag:{tag.pk}", details={"readers": len(had)})
    return had


@transaction.atomic
def set_all(*, subscriber: Subscriber, names: Sequence[str], by: str, now: datetime) -> None:
    """Make these the tags of one reader. Raises BadTag."""
    wanted = {tag.pk: tag for name in names for tag in [get_or_create(name=name, by=by, now=now)]}
    held = {tag.pk: tag for tag in subscriber.tags.all()}
    only_them = Subscriber.objects.filter(pk=subscriber.pk)
    for pk in wanted.keys() - held.keys():
        put(tag=wanted[pk], readers=only_them, by=by, now=now)
    for pk in held.keys() - wanted.keys():
        take_off(tag=held[pk], readers=only_them, by=by, now=now)


@transaction.atomic
def rename(*, tag: Tag, name: str, by: str, now: datetime) -> Tag:
    """Give the tag another name. Raises BadTag and TagTaken."""
    name = _checked(name)
    other = Tag.objects.filter(key=name.casefold()).exclude(pk=tag.pk)
    if other.exists():
        raise TagTaken(name)
    if tag.name != name:
        tag.name, tag.key = name, name.casefold()
        tag.save(update_fields=["name", "key"])
        record(action="tag.renamed", by=by, now=now, subject=f"tag:{tag.pk}", details={"name": name})
    return tag


@transaction.atomic
def delete(*, tag: Tag, by: str, now: datetime) -> None:
    """Take the tag off everybody, for good. Segments by it say that it is gone."""
    record(action="tag.deleted", by=by, now=now, subject=f"tag:{tag.pk}", details={"name": tag.name})
    tag.delete()


def _checked(name: str) -> str:
    name = one_line(name)
    if not name:
        raise BadTag(_("A tag needs a name."))
    if len(name) > LONGEST:
        raise BadTag(_("A tag has at most %(most)d characters.") % {"most": LONGEST})
    if "," in name or ";" in name:
        raise BadTag(_("A tag cannot contain a comma or a semicolon: they stand between tags."))
    return name
