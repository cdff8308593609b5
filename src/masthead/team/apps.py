"""Registration only."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.team"
    label = "team"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A change of the second factor ends all other sessions; allauth tells of it by signals only."""
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset

        from masthead.team.sign_in import end_other_sessions

        for signal in (authenticator_added, authenticator_removed, authenticator_reset):
            signal.connect(end_other_sessions)
