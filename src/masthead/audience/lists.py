"""Lists come and change. Their short names never do: mail programs sort by them (List-Id, RFC 2919)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from masthead.audience.models import MailingList
from masthead.audit.recording import record

OptIn = MailingList.OptIn

#: Invisible, and part of how words are spelt in Persian and many scripts of India.
_JOINERS = "\u200c\u200d"


class BadListName(ValueError):
    """The name cannot be a list's name; the message says why."""


class NameTaken(Exception):
    """There is a list of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is already a list called “%(name)s”. Choose another name.") % {"name": name})


class NameWasUsed(NameTaken):
    """There was a list of this name."""

    def __init__(self, name: str) -> None:
        # An import into a new one would bring back who had left the old one.
        words = _("A list called “%(name)s” was deleted. So that nobody who left it comes back, choose another name.")
        Exception.__init__(self, words % {"name": name})


class NotWarned(ValueError):
    """Joining by the form alone must be chosen knowingly."""

    def __init__(self) -> None:
        super().__init__(
            _("Without a confirmation anybody can enter anybody’s address. Say that you know it, or let readers confirm.")
        )


@transaction.atomic
def create(
    *,
    name: str,
    description: str = "",
    is_public: bool = True,
    opt_in: MailingList.OptIn = OptIn.DOUBLE,
    warned: bool = False,
    by: str,
    now: datetime,
) -> MailingList:
    """A new list. `warned`: whoever chose joining by the form alone was told what it means.

    Raises BadListName, NameTaken and NotWarned.
    """
    name = _checked(name)
    if opt_in == OptIn.SINGLE and not warned:
        raise NotWarned
    _check_free(name)
    made = MailingList(name=name, slug=_free_slug(name), description=description.strip(), is_public=is_public, opt_in=opt_in)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # made by somebody else since we looked
        raise NameTaken(name) from error
    record(action="list.created", by=by, now=now, subject=f"list:{made.pk}", details={"name": name})
    return made


def get_or_create(*, name: str, by: str, now: datetime) -> MailingList:
    """The list of this name (letter case aside), or a new one."""
    found = find(name)
    if found is not None:
        return found
    try:
        return create(name=name, by=by, now=now)
    except NameTaken:
        found = find(name)
        if found is None:
            raise
        return found


def find(name: str) -> MailingList | None:
    """The list of this name or short name, letter case aside."""
    name = " ".join(name.split())
    return MailingList.objects.filter(name__iexact=name).first() or MailingList.objects.filter(slug=name.lower()).first()


@transaction.atomic
def edit(
    *,
    mailing_list: MailingList,
    name: str,
    description: str,
    is_public: bool,
    opt_in: MailingList.OptIn,
    warned: bool = False,
    by: str,
    now: datetime,
) -> MailingList:
    """Change everything but the short name. Raises BadListName, NameTaken and NotWarned (see `create`)."""
    name = _checked(name)
    if opt_in == OptIn.SINGLE != mailing_list.opt_in and not warned:
        raise NotWarned
    _check_free(name, but=mailing_list)
    after = {"name": name, "description": description.strip(), "is_public": is_public, "opt_in": str(opt_in)}
    changed = [field for field, value in after.items() if getattr(mailing_list, field) != value]
    for field in changed:
        setattr(mailing_list, field, after[field])
    if changed:
        mailing_list.save(update_fields=changed)
        record(action="list.changed", by=by, now=now, subject=f"list:{mailing_list.pk}", details={"fields": changed})
    return mailing_list


def _check_free(name: str, but: MailingList | None = None) -> None:
    """Raises NameTaken when another list than `but` has the name, or had it."""
    for other in MailingList.every.filter(name__iexact=name):
        if other != but:
            raise NameWasUsed(name) if other.deleted_at else NameTaken(name)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadListName(_("A list needs a name."))
    if len(name) > 150:
        raise BadListName(_("The name of a list has at most 150 characters; this one has %(count)d.") % {"count": len(name)})
    if not "".join(char for char in name if char not in _JOINERS).isprintable():
        raise BadListName(_("The name of a list cannot contain invisible characters."))
    return name


def _free_slug(name: str) -> str:
    """ASCII, since it stands in a header; names in other scripts become list, list-2, …"""
    stem = slugify(name)[:50].strip("-_") or "list"
    slug, number = stem, 1
    while MailingList.every.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
