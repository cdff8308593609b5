"""Registration only."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the registry of segment conditions what is kept of readers, and readers how long it is."""
        from masthead.tracking import forgetting, segment_conditions

        segment_conditions.register()
        forgetting.register()
