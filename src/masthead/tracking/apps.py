"""Registration only."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"
