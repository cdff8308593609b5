"""Registration only."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.issues"
    label = "issues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what this package uses lists for."""
        from masthead.issues import list_uses

        list_uses.register()
