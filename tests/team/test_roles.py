"""Rights of roles."""

import pytest
from django.contrib.auth.models import AnonymousUser

from masthead.team.models import Role, User
from masthead.team.roles import RIGHTS, ROLE_RIGHTS, MissingRight, may


def test_every_role_has_an_entry_with_known_rights() -> None:
    assert set(ROLE_RIGHTS) == set(Role.values)
    for rights in ROLE_RIGHTS.values():
        assert rights <= set(RIGHTS)


def test_rights_are_denied_by_default() -> None:
    assert not may(AnonymousUser(), "desk.open")
    assert not may(User(role="", is_active=True), "desk.open")
    assert not may(User(role=Role.OWNER, is_active=False), "desk.open")
    assert not may(User(role=Role.AUTHOR), "campaigns.send")
    assert not may(User(role=Role.EDITOR), "readers.view")
    assert may(User(role=Role.OWNER), "team.manage")
    with pytest.raises(KeyError):
        may(User(role=Role.OWNER), "everything")


def test_a_refusal_names_the_right_and_who_has_it() -> None:
    assert str(MissingRight("campaigns.send")) == "You may not send issues. Ask for the role Owner or Editor."
