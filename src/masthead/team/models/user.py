"""One member of staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of staff is. What each may do stands in `masthead.team.roles`."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    AUTHOR = "author", _("Author")
    READER_CARE = "reader_care", _("Reader care")


class UserManager(BaseUserManager["User"]):
    """Makes users; the address is the name they sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new member of staff. Without a password nobody can sign in as them until they set one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # Wagtail has no types
    """A member of staff, known by an e-mail address. `is_superuser` is never set: it would bypass the roles."""

    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AUTHOR)
    is_active = models.BooleanField(_("may sign in"), default=True)
    #: Raised when a second factor is added or removed.
    sessions_valid_from = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name, or the address where no name was given."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.get_full_name().split(" ")[0]

    @property
    def first_name(self) -> str:
        """What the shell of the desk greets with."""
        return self.get_short_name()

    def get_session_auth_hash(self) -> str:
        """Changes with password, role, second factor and activity, and with it every other session of this person ends (S8)."""
        state = f"{self.password}|{self.role}|{self.is_active}|{self.sessions_valid_from}"
        return salted_hmac("masthead.team.session", state, algorithm="sha256").hexdigest()

    @property
    def actor(self) -> str:
        """How the audit record names this person."""
        return f"staff:{self.pk}"
