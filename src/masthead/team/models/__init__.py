"""The models of this package."""

from masthead.team.models.failed_sign_in import FailedSignIn
from masthead.team.models.screen_choice import ScreenChoice
from masthead.team.models.setup_link import SetupLink
from masthead.team.models.user import Role, User

__all__ = ["FailedSignIn", "Role", "ScreenChoice", "SetupLink", "User"]
