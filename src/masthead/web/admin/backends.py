"""Who a session belongs to, and what the shell lets them do, by one question: every screen of the desk begins with it."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from masthead.team.models import Role, User
from masthead.web.admin.permissions import GROUP_PERMISSIONS


class DeskBackend(AuthenticationBackend):
    """django-allauth's sign-in. Rights are those of the role, as `permissions` has them, and nobody holds one of their own."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with this key, as long as they may sign in, together with what they chose for the shell."""
        user = User.objects.select_related("wagtail_userprofile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        """None."""
        return set()

    def get_group_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        """What the group of their role holds, by the table that its rows are written from."""
        if obj is not None or not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return set(GROUP_PERMISSIONS[Role(user_obj.role)])

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        """The same."""
        return self.get_group_permissions(user_obj, obj)
