"""Registration only."""

from django.apps import AppConfig


class ForwardingConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.forwarding"
    label = "forwarding"
    default_auto_field = "django.db.models.BigAutoField"
