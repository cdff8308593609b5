"""Who of the staff works on which publications. What somebody may do there is their role's business (`masthead.team.roles`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from masthead.audit.recording import record
from masthead.issues.models import Assignment, Publication
from masthead.team.models import Role, User


class OwnerSeesAll(Exception):
    """An owner looks after the whole install and cannot be limited to a part of it."""

    def __init__(self) -> None:
        super().__init__("An owner works on all publications. Give another role first.")


@transaction.atomic
def assign(*, person: User, publications: Collection[Publication] | None, by: str, now: datetime) -> None:
    """Limit `person` to `publications`; None lifts the limit, so that they work on all, later ones too. Raises OwnerSeesAll."""
    if publications is None:
        Assignment.objects.filter(person=person).delete()
        names = "all"
    else:
        if person.role == Role.OWNER:
            raise OwnerSeesAll
        kept, _made = Assignment.objects.get_or_create(person=person)
        kept.publications.set(publications)
        names = ", ".join(sorted(publication.name for publication in publications))
    record(action="staff assigned", by=by, now=now, subject=person.actor, details={"publications": names})


def publications_of(person: User) -> QuerySet[Publication]:
    """What `person` works on, in the order they were made."""
    limit = None if person.role == Role.OWNER else Assignment.objects.filter(person=person).first()
    found = Publication.objects.order_by("id")
    return found if limit is None else found.filter(assignments=limit)


def limited_to(person: User) -> list[Publication] | None:
    """The publications `person` is limited to; None for who works on all."""
    limit = None if person.role == Role.OWNER else Assignment.objects.filter(person=person).first()
    return None if limit is None else list(limit.publications.order_by("id"))
