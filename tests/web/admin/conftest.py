"""Staff of every role at the desk, and an issue on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Collection
from wagtail.rich_text import RichText

from masthead.issues.models import Issue, Publication
from masthead.team import people
from masthead.team.models import Role
from masthead.web.admin.permissions import write_group_permissions


@pytest.fixture
def at_desk(db: None, now: datetime) -> Callable[[Role], Client]:
    """A function: role → the browser of somebody with that role, signed in."""
    if not Collection.objects.exists():  # made by a migration, which a quick run of the tests leaves out
        Collection.add_root(name="Root")
    write_group_permissions()

    def sign_in(role: Role) -> Client:
        user = people.create(
            email=f"{role}@example.org", name=f"{role} person", role=role, password="a quiet morning tide", by="system", now=now
        )
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def owner_at_desk(at_desk: Callable[[Role], Client]) -> Client:
    """The owner's browser."""
    return at_desk(Role.OWNER)


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft that nothing is wrong with."""
    draft = Issue(publication=publication, title="The tide tables are wrong again", excerpt="Twelve minutes, every Thursday.")
    draft.body = [("text", {"text": RichText("<p>The harbour clock and the sea disagree, and the sea is right.</p>")})]
    draft.save()
    draft.save_revision()
    return draft


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would post back from the form of a compose screen, unchanged."""
    form = client.get(url).context["form"]
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is not None and bound.name not in {"body", "notes"}:
            data[bound.html_name] = value
    for name in ("body", "notes"):
        data[f"{name}-count"] = "0"
    data |= {
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
        "bylines-MIN_NUM_FORMS": "0",
        "bylines-MAX_NUM_FORMS": "1000",
    }
    return data
