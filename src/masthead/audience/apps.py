"""Registration only."""

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.audience"
    label = "audience"
    default_auto_field = "django.db.models.BigAutoField"
