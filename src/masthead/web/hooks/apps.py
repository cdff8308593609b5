"""Registration only."""

from django.apps import AppConfig


class WebHooksConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.web.hooks"
    label = "web_hooks"
    default_auto_field = "django.db.models.BigAutoField"
