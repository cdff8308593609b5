"""What holds for every address of the install: who may ask, what a form needs, and that looking changes nothing.

Rules S6, S10 and S30. The list of routes is a reviewed file: write it anew with MASTHEAD_WRITE_ROUTES=1 and read the difference.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from masthead.team import people
from masthead.team.models import Role, User
from masthead.web.admin.permissions import write_group_permissions
from tests.house.routing import routes

REVIEWED = Path(__file__).with_name("routes.txt")

#: Answered to anybody, with a 200: the door, and what the shell's scripts and the first run need.
OPEN_ON_THE_DESK = ("/desk/sign-in/", "/desk/welcome/", "/desk/jsi18n/", "/desk/sprite/", "/desk/logout/")
#: A POST that needs no form of ours: RFC 8058 asks for it. The token in the address stands in its place.
#: A mail provider has no form either: the token names the webhook, and its signature proves the post.
WITHOUT_FORM = ("/u/", "/hooks/")


def test_the_routes_are_those_that_were_reviewed() -> None:
    present = "".join(f"{pattern}\n" for pattern in sorted({pattern for pattern, _, _ in routes()}))
    if os.environ.get("MASTHEAD_WRITE_ROUTES"):
        REVIEWED.write_text(present)
    assert present == REVIEWED.read_text()


def addresses() -> list[str]:
    return sorted({address for _, address, _ in routes()})


@pytest.mark.django_db
def test_a_stranger_gets_nothing_from_the_desk() -> None:
    given = {}
    for address in addresses():
        if not address.startswith("/desk/") or address.startswith(OPEN_ON_THE_DESK):
            continue
        answer = Client().get(address)
        refused = answer.status_code in {301, 403, 404, 405}
        if not refused and not (answer.status_code == 302 and answer["Location"].startswith(("/desk/sign-in/", "/desk/login/"))):
            given[address] = answer.status_code
    assert given == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_form_of_somebody_else_changes_nothing(method: str, owner: Client) -> None:
    before, taken = fingerprint(), dict[str, object]()
    for address in addresses():
        data = {"a": "b"} if method == "post" else ""
        status = getattr(owner, method)(address, data, headers={"origin": "https://evil.example"}).status_code
        # One-click asks for no form; there a token that is nobody's is not found.
        if status not in ({404, 405} if address.startswith(WITHOUT_FORM) else {301, 302, 400, 403, 404, 405}):
            taken[address] = status
        if fingerprint() != before:
            taken[address], before = "changed something", fingerprint()
    assert taken == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(method: str, owner: Client) -> None:
    before, wrong = fingerprint(), dict[str, object]()
    for address in addresses():
        answer = getattr(owner, method)(address)
        if answer.status_code >= 500:
            wrong[address] = answer.status_code
        if "_auth_user_id" not in owner.session:
            wrong[address] = "signed out"
            owner.force_login(User.objects.get())
        if fingerprint() != before:
            wrong[address], before = "changed something", fingerprint()
    assert wrong == {}


@pytest.fixture
def owner(publication: object) -> Client:
    """A browser in which the owner of a bulletin is signed in, and which minds CSRF as a real one does."""
    write_group_permissions()
    user = User.objects.create_user(email="olga@example.org", name="Olga", role=Role.OWNER)
    user.groups.set([people.group_of(Role.OWNER)])
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user)
    return client


#: Rows that looking may write: the session, the sign of life of an open editor, who was seen when.
MAY_CHANGE = {"django_session", "wagtailadmin_editingsession", "wagtailusers_userprofile"}


def fingerprint() -> str:
    """A digest over all rows of all tables, less those of MAY_CHANGE and the sign-in time of the owner."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - MAY_CHANGE)
    digest = sha256()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
            digest.update(repr((table, sorted(map(repr, rows)))).encode())
    return digest.hexdigest()
