"""Stops the start when a setting of mail cannot work: better now than in the middle of a campaign."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from masthead.mail import dkim


@register()
def signing_key(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """mail.E001: the key that signs bulk mail must be usable."""
    try:
        dkim.configured()
    except dkim.BadKeyError as error:
        return [Error(str(error), hint="Correct the MASTHEAD_DKIM_… settings, or empty MASTHEAD_DKIM_KEY_FILE.", id="mail.E001")]
    return []


@register()
def certificate_authority(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """mail.E002: the file of an own certificate authority must be readable."""
    if not settings.SMTP_CA_FILE:
        return []
    try:
        ssl.create_default_context(cafile=settings.SMTP_CA_FILE)
    except OSError as error:  # ssl.SSLError is one, too
        text = f"MASTHEAD_SMTP_CA_FILE is {settings.SMTP_CA_FILE!r}, which cannot be used: {error}."
        return [Error(text, hint="Name a PEM file with certificates, or leave it empty for the system's.", id="mail.E002")]
    return []
