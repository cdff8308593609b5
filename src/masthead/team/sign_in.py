"""How staff sign in: what differs from allauth's defaults."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.team import attempts, passphrases
from masthead.team.models import User


class StaffAdapter(DefaultAccountAdapter):
    """Nobody signs up: the first run and invitations make staff. Failures are counted per account, in the database."""

    error_messages = DefaultAccountAdapter.error_messages | passphrases.ERRORS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Look at no password of an account that is closed for now."""
        super().pre_authenticate(request, **credentials)
        _refuse_closed(_account(credentials))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        user = _account(credentials)
        if user is not None:
            attempts.count(user=user, now=timezone.now())


class FactorAdapter(DefaultMFAAdapter):
    """The second factor in our words."""

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a new key is called until its owner names it."""
        return _("Key %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}


class _CountedCodes:
    """For the forms that take a code of the second factor: one count for codes and passwords."""

    user: User

    def clean_code(self) -> str:
        """The code, if it is right and the account is not closed."""
        _refuse_closed(self.user)
        try:
            return super().clean_code()  # type: ignore[misc, no-any-return]
        except ValidationError:
            attempts.count(user=self.user, now=timezone.now())
            raise


class CodeForm(_CountedCodes, AuthenticateForm):
    """The second factor at sign-in."""


class CodeAgainForm(_CountedCodes, ReauthenticateForm):
    """The second factor before something that asks for a fresh sign-in."""


class AddKeyForm(AddWebAuthnForm):
    """A passkey or security key of somebody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")
        self.fields["passwordless"].label = gettext_lazy("A passkey: signs me in without the passphrase")
        self.fields["passwordless"].help_text = gettext_lazy("The key then asks for your finger, your face or its PIN.")


class RenameKeyForm(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")


def end_other_sessions(*, request: HttpRequest, user: User, **_: Any) -> None:
    """End every session of `user` but the one of `request` (S8)."""
    user.sessions_valid_from += 1
    user.save(update_fields=["sessions_valid_from"])
    if request.user == user:
        update_session_auth_hash(request, user)


def _account(credentials: dict[str, Any]) -> User | None:
    email = credentials.get("email")
    return User.objects.filter(email__iexact=email).first() if isinstance(email, str) else None


def _refuse_closed(user: User | None) -> None:
    if user is not None and attempts.is_closed(user=user, now=timezone.now()):
        raise ValidationError(_("Too many failed attempts for this account. Wait a quarter of an hour and try again."))
