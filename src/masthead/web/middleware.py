"""What every answer passes: which host was asked, in which language it is answered, and what a page may load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import escape_uri_path, iri_to_uri

from masthead.common.urls import path
from masthead.web.hosts import is_known, place_of, publication_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: The public site, the reader's pages and sign-in: nothing inline, nothing from anyone else (security rule S4).
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A mail shown as a page is foreign text even when staff wrote it: no script, no form, an origin of its own.
SANDBOX = (
    "default-src 'none'; img-src 'self' {host}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
#: Files: whatever is in them, nothing runs.
FILES = "default-src 'none'; sandbox"
#: Wagtail's editor and lists carry inline scripts without a nonce (its issue 1288), so that strict is impossible there.
DESK = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADER = "Content-Security-Policy"


class KnownHostMiddleware:
    """Answers only for hosts this install knows: links in mails are built from the publication's address, never from a header."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """400 for a Host header that is malformed or nobody's."""
        try:
            known = is_known(request.get_host())
        except DisallowedHost:
            known = False
        if known:
            return self._get_response(request)
        text = "This server does not answer for that address. Its operator can add it: MASTHEAD_ALLOWED_HOSTS.\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8", headers={_HEADER: FILES})


class PublicationPathMiddleware:
    """A publication whose address has a path ("https://example.org/courier") is answered below that path, files and all.

    Who comes by an address that a publication left is led to the new one. What is not a question, such as the one-click
    unsubscribing of a mail program, is answered where it came in: such a program follows no redirect (RFC 8058).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer as if the site's root were the publication's address."""
        if is_desk(request) or request.path.startswith(settings.STATIC_URL):
            return self._get_response(request)
        place = place_of(request)
        with below(place.prefix, request):
            if place.former and place.publication is not None and request.method in {"GET", "HEAD"}:
                query = request.META.get("QUERY_STRING", "")
                path_there = iri_to_uri(escape_uri_path(request.path_info)) + (f"?{query}" if query else "")
                return HttpResponseRedirect(place.publication.public_address + path_there)
            return self._get_response(request)


class ContentSecurityPolicyMiddleware:
    """Sets the policy of the area a page lies in. A view that set its own keeps it: views only tighten."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with a policy."""
        response = self._get_response(request)
        response.headers.setdefault(_HEADER, DESK if is_desk(request) else STRICT)
        return response


class AreaMiddleware:
    """Language by area.

    The desk speaks the language of the person at it, as Django does it. A public page speaks its publication's language and
    nothing else, so that it neither varies by header nor needs a cookie; the reader's own pages switch to the reader's language.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._by_person = LocaleMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer in the right language."""
        if is_desk(request):
            response = self._by_person(request)
            if not isinstance(response, HttpResponseBase):
                raise TypeError("an answer must be awaited elsewhere")
            return response
        publication = publication_of(request)
        with translation.override(spoken(publication.language if publication else "en")):
            request.LANGUAGE_CODE = translation.get_language()
            return self._get_response(request)


@contextmanager
def below(prefix: str, request: HttpRequest) -> Iterator[None]:
    """Routes and links as if the site's root were at `prefix`, for a request that came below it."""
    before = get_script_prefix()
    # The desk is at the root of the host alone.
    if prefix and (request.path_info + "/").startswith(prefix + "/") and not request.path_info.startswith(prefix + "/desk/"):
        request.path_info = request.path_info.removeprefix(prefix) or "/"
        set_script_prefix(prefix + "/")
    try:
        yield
    finally:
        set_script_prefix(before)


class AreaCsrfMiddleware(CsrfViewMiddleware):
    """Django's CSRF check (the secret is in the session) which leaves the session alone where a page has no use for it.

    Without this each public page would read the session and so vary by cookie. Views without a session's power are exempt and
    protected in their own way: see `masthead.web.forms`.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Read the secret only where a form will need it."""
        if is_desk(request) or request.path_info.startswith(path("account")):
            super().process_request(request)


def is_desk(request: HttpRequest) -> bool:
    """Whether `request` goes to the staff's screens."""
    return request.path.startswith("/desk/")


def spoken(language: str) -> str:
    """The nearest language Masthead's own words are translated to: "fa" for "fa-AF"; English where there is none."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return "en"
