"""Registration only."""

from django.apps import AppConfig


class WebPortalConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.web.portal"
    label = "web_portal"
    default_auto_field = "django.db.models.BigAutoField"
