"""Registration only."""

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.audience"
    label = "audience"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registry of segment conditions with those of this package."""
        from masthead.audience.segments import known

        known.register()
