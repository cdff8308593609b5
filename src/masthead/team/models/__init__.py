"""The models of this package."""

from masthead.team.models.setup_link import SetupLink
from masthead.team.models.user import Role, User

__all__ = ["Role", "SetupLink", "User"]
