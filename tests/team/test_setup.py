"""The one-time links that make staff."""

from datetime import UTC, datetime, timedelta

import pytest

from masthead.team import people, setup
from masthead.team.models import Role, SetupLink, User

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASSPHRASE = "a harbour without a bridge"

pytestmark = pytest.mark.django_db


def use(token: str, *, email: str = "olga@example.org", now: datetime = NOW) -> User:
    return setup.use(token=token, email=email, name="Olga Brandt", password=PASSPHRASE, now=now)


def test_the_first_link_makes_an_owner_once() -> None:
    assert setup.needs_owner()
    token = setup.issue_first_link(now=NOW)
    owner = use(token)
    assert (owner.role, owner.check_password(PASSPHRASE), owner.is_superuser) == (Role.OWNER, True, False)
    assert not setup.needs_owner()
    with pytest.raises(setup.LinkUnusable):
        use(token, email="second@example.org")
    assert User.objects.count() == 1


def test_a_link_is_not_stored_in_clear_and_expires() -> None:
    token = setup.issue_first_link(now=NOW)
    assert token not in str(list(SetupLink.objects.values()))
    with pytest.raises(setup.LinkUnusable):
        use(token, now=NOW + timedelta(hours=25))


def test_every_first_link_printed_works_until_there_is_an_owner() -> None:
    old, new = setup.issue_first_link(now=NOW), setup.issue_first_link(now=NOW)
    assert setup.peek(token=new, now=NOW).role == Role.OWNER
    use(old)
    with pytest.raises(setup.LinkUnusable):
        setup.peek(token=new, now=NOW)


def test_an_invitation_is_for_its_own_address_and_role() -> None:
    token = setup.invite(email="Ed@example.org", role=Role.EDITOR, by="staff:1", now=NOW)
    user = use(token, email="somebody.else@example.net")
    assert (user.email, user.role) == ("ed@example.org", Role.EDITOR)
    with pytest.raises(people.AddressTaken):
        setup.invite(email="ED@example.org", role=Role.OWNER, by="staff:1", now=NOW)


@pytest.mark.parametrize("token", ["", "0", "0e12345", "true", "../", "x" * 10_000])
def test_a_made_up_token_is_refused(token: str) -> None:
    with pytest.raises(setup.LinkUnusable):
        use(token)


def test_the_last_owner_stays() -> None:
    owner = use(setup.issue_first_link(now=NOW))
    with pytest.raises(people.LastOwner):
        people.deactivate(user=owner, by=owner.actor, now=NOW)
    with pytest.raises(people.LastOwner):
        people.change_role(user=owner, role=Role.AUTHOR, by=owner.actor, now=NOW)
    people.create(email="two@example.org", name="", role=Role.OWNER, password=None, by=owner.actor, now=NOW)
    people.change_role(user=owner, role=Role.AUTHOR, by=owner.actor, now=NOW)
    assert User.objects.get(pk=owner.pk).groups.get().name == "masthead-author"


def test_a_new_role_ends_the_sessions() -> None:
    owner = use(setup.issue_first_link(now=NOW))
    people.create(email="two@example.org", name="", role=Role.OWNER, password=None, by=owner.actor, now=NOW)
    before = owner.get_session_auth_hash()
    people.change_role(user=owner, role=Role.EDITOR, by=owner.actor, now=NOW)
    assert owner.get_session_auth_hash() != before
