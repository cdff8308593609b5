"""Staff come, change roles and go."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from masthead.audit.recording import record
from masthead.team.models import Role, User


class LastOwner(Exception):
    """Somebody must remain who can look after people and roles."""

    def __init__(self) -> None:
        super().__init__("This is the only owner who may sign in. Make somebody else owner first.")


class AddressTaken(Exception):
    """There is a member of staff with this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} belongs to somebody on the staff already.")


def group_of(role: str) -> Group:
    """The Django group that carries a role's permissions in the editor's shell."""
    group, _ = Group.objects.get_or_create(name=f"masthead-{role}")
    return group


@transaction.atomic
def create(*, email: str, name: str, role: Role, password: str | None, by: str, now: datetime) -> User:
    """A new member of staff. Raises AddressTaken."""
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise AddressTaken(email)
    user = User.objects.create_user(email=email, password=password, name=name, role=role)
    user.groups.set([group_of(role)])
    record(action="staff added", by=by, now=now, subject=user.actor, details={"role": str(role)})
    return user


@transaction.atomic
def change_role(*, user: User, role: Role, by: str, now: datetime) -> None:
    """Give another role; the person's sessions end. Raises LastOwner."""
    if user.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(user)
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    user.groups.set([group_of(role)])
    record(action="role changed", by=by, now=now, subject=user.actor, details={"from": before, "to": str(role)})


@transaction.atomic
def deactivate(*, user: User, by: str, now: datetime) -> None:
    """End all sessions of a person and let them sign in no more. Raises LastOwner."""
    if user.role == Role.OWNER:
        _keep_an_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(action="staff deactivated", by=by, now=now, subject=user.actor)


@transaction.atomic
def activate(*, user: User, by: str, now: datetime) -> None:
    """Let a person sign in again."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(action="staff activated", by=by, now=now, subject=user.actor)


def _keep_an_owner(leaving: User) -> None:
    others = User.objects.select_for_update().filter(role=Role.OWNER, is_active=True).exclude(pk=leaving.pk)
    if not others:
        raise LastOwner
