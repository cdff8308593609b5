"""Registration only."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from masthead.mail import checks  # noqa: F401  registered by being imported
