"""Finding the rows that a command's arguments name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from masthead.audience import lists, subscribers
from masthead.audience.models import MailingList, Segment, Subscriber
from masthead.audience.segments import saving as segments
from masthead.cli.starting import CommandError
from masthead.delivery import narrowing
from masthead.delivery.narrowing import Narrowing
from masthead.issues import numbering
from masthead.issues.models import Issue, Publication

#: From here on two names are taken for one that was misspelt (0 to 1, as `difflib` measures it): one letter of four.
_NEAR = 0.7


def publication(slug: str | None) -> Publication:
    """The publication called `slug`, or the only one. Raises CommandError."""
    found = Publication.objects.order_by("pk")
    if slug is not None:
        named = found.filter(slug=slug).first()
        if named is None:
            raise CommandError(f"There is no publication {slug!r}. There is: {_names([p.slug for p in found])}.")
        return named
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError("There is no publication yet. Run: masthead publication create --name … --from …")
    raise CommandError(f"There are several publications; say which with --publication: {_names([p.slug for p in found])}.")


def list_to_fill(name: str, *, by: str, now: datetime) -> MailingList:
    """The list called `name`, made if there is none. A new list belongs to the publication if there is only one."""
    found = list_called(name)
    if found is not None:
        return found
    made = lists.create(name=name, by=by, now=now)
    publications = Publication.objects.all()[:2]
    if len(publications) == 1:
        publications[0].lists.add(made)
    return made


def list_called(name: str) -> MailingList | None:
    """The list with this name or short name, if there is one."""
    return MailingList.objects.filter(slug=name).first() or lists.find(name)


def not_misspelt(name: str) -> None:
    """Raise CommandError for a list that is not there if one has nearly this name: who slips makes no list of it."""
    names = {each.casefold(): named for named, slug in MailingList.objects.values_list("name", "slug") for each in (named, slug)}
    near = dict.fromkeys(names[each] for each in get_close_matches(name.casefold(), names, cutoff=_NEAR))
    if list_called(name) is None and near:
        meant = " or ".join(f"“{each}”" for each in near)
        raise CommandError(f"There is no list “{name}”. Did you mean {meant}? To make a new list of this name, say --new-list.")


def reader(address: str) -> Subscriber:
    """The reader with this address. Raises CommandError."""
    found = subscribers.find(address)
    if found is None:
        raise CommandError(f"No reader has the address {address}.")
    return found


def mailing_list(name: str) -> MailingList:
    """The list called `name`, by its name or its short name. Raises CommandError."""
    found = list_called(name)
    if found is None:
        names = list(MailingList.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"There is no list {name!r}. There is: {_names(names)}.")
    return found


def segment(name: str) -> Segment:
    """The segment called `name`. Raises CommandError."""
    found = segments.find(name)
    if found is None:
        raise CommandError(f"There is no segment {name!r}. There is: {_names([each.name for each in Segment.objects.all()])}.")
    return found


def audience(
    publication: Publication, lists: Sequence[str], only: Sequence[str], without: Sequence[str]
) -> tuple[list[MailingList], Narrowing]:
    """The lists and the part of them that `--list`, `--segment` and `--exclude` name; without a list, those of the publication.

    Raises CommandError.
    """
    part = narrowing.of([segment(name) for name in only], [segment(name) for name in without])
    if lists or not part:
        return [mailing_list(name) for name in lists], part
    return list(publication.lists.order_by("pk")), part


def issue(publication: Publication, number: int) -> Issue:
    """The issue that has `number`, is planned to get it, or is next in line for it. Raises CommandError."""
    every = Issue.objects.filter(publication=publication, translation_of=None)
    found: Issue | None = (
        every.filter(number=number).first() or every.filter(number=None, planned_number=number).order_by("-pk").first()
    )
    if found is None and number == numbering.next_number(publication):
        found = every.filter(pk__in=numbering.next_in_line([publication])).first()
    if found is None:
        raise CommandError(f"{publication} has no issue No. {number}. Make one with: masthead issue create FILE --title …")
    return found


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"
