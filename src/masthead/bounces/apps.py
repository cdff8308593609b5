"""Registration only."""

from django.apps import AppConfig


class BouncesConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.bounces"
    label = "bounces"
    default_auto_field = "django.db.models.BigAutoField"
