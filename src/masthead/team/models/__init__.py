"""The models of this package."""

from masthead.team.models.failed_sign_in import FailedSignIn
from masthead.team.models.setup_link import SetupLink
from masthead.team.models.user import Role, User

__all__ = ["FailedSignIn", "Role", "SetupLink", "User"]
