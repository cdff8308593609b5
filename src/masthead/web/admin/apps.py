"""Registration only."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class WebAdminConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.web.admin"
    label = "web_admin"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """After the last application has its permissions, give them to the groups of the roles. Who signs in gets a clock."""
        from masthead.web.admin.office import clock

        user_logged_in.connect(clock.on_sign_in)
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(_write_group_permissions, sender=last)


def _write_group_permissions(**_: Any) -> None:
    from masthead.web.admin.permissions import write_group_permissions

    write_group_permissions()
