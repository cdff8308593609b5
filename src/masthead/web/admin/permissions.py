"""What the editor's shell lets each role do. The rights of our own screens stand in `masthead.team.roles`.

The shell asks Django's permissions, which hang on groups; so each role has a group, and this table is written to it after
every migration. Nobody holds `publish_issue`: an issue becomes public by being sent, nowhere else.
"""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission

from masthead.team.models import Role
from masthead.team.people import group_of

_OPEN = ("wagtailadmin.access_admin",)
_WRITE = (
    *_OPEN,
    "issues.add_issue",
    "issues.change_issue",
    "issues.view_issue",
    "issues.add_contributor",
    "issues.change_contributor",
    "issues.view_contributor",
)
_EDIT = (*_WRITE, "issues.delete_issue", "issues.delete_contributor", "issues.lock_issue", "issues.unlock_issue")

GROUP_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OWNER: _EDIT,
    Role.EDITOR: _EDIT,
    Role.AUTHOR: _WRITE,
    Role.READER_CARE: _OPEN,
}

#: Rights on the media library as a whole: those who write may use and add to it, those who edit may change all of it.
_LIBRARY_WRITE = (
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
)
_LIBRARY_EDIT = (*_LIBRARY_WRITE, "wagtailimages.change_image", "wagtaildocs.change_document")

LIBRARY_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OWNER: _LIBRARY_EDIT,
    Role.EDITOR: _LIBRARY_EDIT,
    Role.AUTHOR: _LIBRARY_WRITE,
    Role.READER_CARE: (),
}


@transaction.atomic
def write_group_permissions() -> None:
    """Make the groups of all roles hold exactly what the two tables say."""
    for role in Role:
        group = group_of(role)
        group.permissions.set(_permissions(GROUP_PERMISSIONS[role]))
        root = Collection.get_first_root_node()
        if root is None:  # a test database without Wagtail's first migration
            continue
        wanted = _permissions(LIBRARY_PERMISSIONS[role])
        GroupCollectionPermission.objects.filter(group=group).exclude(permission__in=wanted, collection=root).delete()
        for permission in wanted:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    found: list[Permission] = []
    for name in names:
        app, codename = name.split(".")
        found += Permission.objects.filter(content_type__app_label=app, codename=codename)
    return found
