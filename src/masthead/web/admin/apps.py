"""Registration only."""

from django.apps import AppConfig


class WebAdminConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.web.admin"
    label = "web_admin"
    default_auto_field = "django.db.models.BigAutoField"
