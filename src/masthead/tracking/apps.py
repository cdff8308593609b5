"""Registration only."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the registry of segment conditions what is kept of readers."""
        from masthead.tracking import segment_conditions

        segment_conditions.register()
