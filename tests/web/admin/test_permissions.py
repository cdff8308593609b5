"""What the groups of the roles hold after a migration."""

import pytest

from masthead.team import people
from masthead.team.models import Role, User
from masthead.web.admin.permissions import write_group_permissions


def member(role: Role) -> User:
    user = User.objects.create_user(email=f"{role}@example.org", role=role)
    user.groups.set([people.group_of(role)])
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db
def test_each_role_opens_the_desk_and_writers_write() -> None:
    write_group_permissions()
    assert all(member(role).has_perm("wagtailadmin.access_admin") for role in Role)
    assert [role for role in Role if User.objects.get(role=role).has_perm("issues.change_issue")] == [
        Role.OWNER,
        Role.EDITOR,
        Role.AUTHOR,
    ]


@pytest.mark.django_db
def test_nobody_may_publish_in_the_editor() -> None:
    write_group_permissions()
    for role in Role:
        assert not member(role).has_perm("issues.publish_issue")


@pytest.mark.django_db
def test_what_the_table_does_not_name_is_taken_away() -> None:
    group = people.group_of(Role.READER_CARE)
    write_group_permissions()
    group.permissions.set(people.group_of(Role.OWNER).permissions.all())
    write_group_permissions()
    assert {permission.codename for permission in group.permissions.all()} == {"access_admin"}
