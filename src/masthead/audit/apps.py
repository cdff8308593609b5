"""Registration only."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
