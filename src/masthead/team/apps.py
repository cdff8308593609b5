"""Registration only."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.team"
    label = "team"
    default_auto_field = "django.db.models.BigAutoField"
