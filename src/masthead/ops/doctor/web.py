"""The host that links and one-click unsubscribe lead to: its certificate, and that a mail provider's post gets through."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.utils.translation import gettext as _

from masthead.common.fetching import FetchError, Page, addresses_of, fetch, is_public
from masthead.common.urls import absolute
from masthead.mail import sealing
from masthead.ops.doctor.rows import FAIL, PASS, UNCHECKED, UNKNOWN, Result, Row

#: Let's Encrypt's programs renew a month before the end: what is this late will not be renewed by itself.
_LEAST_LEFT = timedelta(days=14)
_SECONDS = 10

CertificateEnd = Callable[[str, int], datetime]
Post = Callable[[str, bytes], Page]

ONE_CLICK = b"List-Unsubscribe=One-Click"


class NotPublic(Exception):
    """The host's address is of the own network or this machine: readers elsewhere see another one, or none."""


class CertificateError(Exception):
    """The certificate does not hold, or nobody answers; the text says why."""


def certificate_end(host: str, port: int) -> datetime:
    """When the certificate that `host` shows ends, once it holds. Raises NotPublic, CertificateError."""
    try:
        addresses = addresses_of(host)
        if not all(is_public(each) for each in addresses):
            raise NotPublic
        with (
            socket.create_connection((addresses[0], port), timeout=_SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as wire,
        ):
            shown = wire.getpeercert(binary_form=True) or b""
    except ssl.SSLCertVerificationError as error:
        raise CertificateError(error.verify_message) from error
    except OSError as error:
        raise CertificateError(error.strerror or str(error)) from error
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def post(url: str, form: bytes) -> Page:
    """POST as a mail provider does. Raises FetchError."""
    return fetch(url, method="POST", form=form, most_bytes=20_000, seconds=_SECONDS, enough=True)


def certificate_holds(base: str, now: datetime, ask: CertificateEnd) -> Row:
    """The link host's certificate is valid for two more weeks."""
    parts = urlsplit(base)
    host, port = parts.hostname or "", parts.port or 443

    def row(result: Result, words: str) -> Row:
        return Row("web", "certificate", host, result, words)

    if parts.scheme != "https":
        return row(FAIL, _("The public address is not https. One-click unsubscribe and large receivers ask for it."))
    try:
        ends = ask(host, port)
    except NotPublic:
        return row(UNCHECKED, _("From here the host is in your own network; look from outside."))
    except CertificateError as error:
        return row(FAIL, _("The certificate does not hold, or nobody answers: %(words)s.") % {"words": error})
    left = ends - now
    said = {"date": ends.astimezone(UTC).date().isoformat(), "days": left.days}
    if left < _LEAST_LEFT:
        return row(FAIL, _("The certificate ends in %(days)d days, on %(date)s: renew it.") % said)
    return row(PASS, _("The certificate holds until %(date)s.") % said)


def one_click_works(base: str, ask: Post) -> Row:
    """RFC 8058: a post without cookie gets through, is not redirected, and is understood. The token is nobody's."""
    url = absolute(base, "unsubscribe", token=sealing.seal(sealing.UNSUBSCRIBE, 0))

    def row(result: Result, words: str) -> Row:
        return Row("web", "one-click", urlsplit(base).hostname or "", result, words)

    if urlsplit(base).scheme != "https":
        return row(FAIL, _("One-click unsubscribe needs https (RFC 8058)."))
    try:
        page = ask(url, ONE_CLICK)
    except FetchError as error:
        if error.kind == "forbidden":
            return row(UNCHECKED, _("From here the host is in your own network; look from outside."))
        return row(UNKNOWN if error.kind == "time" else FAIL, _("The post does not get through: %(words)s") % {"words": error})
    if 300 <= page.status < 400:
        words = _(
            "The post is redirected to %(url)s; mail providers do not follow. Set the bulletin's address to where it leads."
        )
        return row(FAIL, words % {"url": page.headers.get("location", "?")[:200]})
    if page.status != 200 or not page.body.startswith(b"Unsubscribed."):
        words = _("Another program answers, or a wall in front of it: status %(status)d.")
        return row(FAIL, words % {"status": page.status})
    return row(PASS, _("A mail provider's post gets through and is understood."))
