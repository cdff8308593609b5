"""Registration only."""

from django.apps import AppConfig


class WebSiteConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.web.site"
    label = "web_site"
    default_auto_field = "django.db.models.BigAutoField"
