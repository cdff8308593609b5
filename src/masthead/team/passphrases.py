"""What a passphrase must be, and the forms that ask for one: allauth's and Django's, in the words of the desk."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Instead of allauth's messages with these keys, which speak of passwords.
ERRORS = {
    "email_password_mismatch": gettext_lazy("This address and this passphrase do not belong together."),
    "enter_current_password": gettext_lazy("This is not your present passphrase."),
    "incorrect_password": gettext_lazy("This is not your passphrase."),
    "invalid_password_reset": gettext_lazy("This link no longer works. Have a new one mailed."),
}
_ADVICE = gettext_lazy("Ten characters or more. Four or five words that do not belong together are easy to keep.")


class LongEnough(password_validation.MinimumLengthValidator):
    """A passphrase has a least length."""

    def __init__(self, min_length: int = 10) -> None:
        super().__init__(min_length)

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("This passphrase is too short: it needs %(least)s characters or more.") % {"least": self.min_length}


class Unusual(password_validation.CommonPasswordValidator):
    """A passphrase is none of those that everybody tries first."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("This passphrase is one of those that are tried first. Choose another.")


class UnlikeOneself(password_validation.UserAttributeSimilarityValidator):
    """A passphrase is not made of the person's name or address."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("This passphrase is too much like your name or address.")


class SignIn(account.LoginForm):
    """Address and passphrase."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self.fields, login=gettext_lazy("E-mail address"), password=gettext_lazy("Passphrase"))


class FreshSignIn(account.ReauthenticateForm):
    """The passphrase once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self.fields, password=gettext_lazy("Passphrase"))


class Forgotten(account.ResetPasswordForm):
    """Where the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self.fields, email=gettext_lazy("E-mail address"))


class _NewTwice:
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self.fields, password1=gettext_lazy("New passphrase"), password2=gettext_lazy("Once more"))
        self.fields["password1"].help_text = _ADVICE

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        # Past allauth's mixin, which says the same in other words.
        values: dict[str, Any] = super(account.PasswordVerificationMixin, self).clean()  # type: ignore[misc]
        first, again = values.get("password1"), values.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("This is not the same passphrase as above."))  # type: ignore[attr-defined]
        return values


class Change(_NewTwice, account.ChangePasswordForm):
    """The old one, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self.fields, oldpassword=gettext_lazy("Present passphrase"))


class AfterReset(_NewTwice, account.ResetPasswordKeyForm):
    """The new one twice."""


def _call(fields: dict[str, forms.Field], **labels: Any) -> None:
    for name, label in labels.items():
        fields[name].label = label
        fields[name].widget.attrs.pop("placeholder", None)  # it repeated the label
