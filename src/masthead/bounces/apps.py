"""Registration only."""

from django.apps import AppConfig


class BouncesConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.bounces"
    label = "bounces"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the file of what is held about a reader what came back of their mails."""
        from masthead.bounces import exporting

        exporting.register()
