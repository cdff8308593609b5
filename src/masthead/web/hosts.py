"""Which host was asked, and whose bulletin answers there."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of

#: A loopback name reaches nobody else's machine, so that a page of somebody else cannot be mistaken for ours.
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SECONDS = 60.0
_MEMO = "_masthead_publication"


class _PublicationHosts:
    """The hosts of the publications' addresses, kept for a minute; an unknown host is asked for again at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: frozenset[str] = frozenset()
        self._until = 0.0

    def knows(self, host: str) -> bool:
        if host in self._hosts and time.monotonic() < self._until:
            return True
        addresses = Publication.objects.exclude(base_url="").values_list("base_url", flat=True)
        found = frozenset(hostname for address in addresses if (hostname := _host_of(address)))
        with self._lock:
            self._hosts, self._until = found, time.monotonic() + _SECONDS
        return host in found


_publication_hosts = _PublicationHosts()


def is_known(host: str) -> bool:
    """Whether this install answers for `host`, a Host header with or without a port."""
    domain, _port = split_domain_port(host)
    if not domain:
        return False
    # What the test runner adds to ALLOWED_HOSTS counts; the star in front of it, which hands the decision to us, does not.
    named = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    if validate_host(domain, [*_LOOPBACK, _host_of(settings.BASE_URL) or "", *settings.EXTRA_HOSTS, *named]):
        return True
    return _publication_hosts.knows(domain)


def publication_of(request: HttpRequest) -> Publication | None:
    """The publication whose address `request` asks: by host and path, else the first one; None when there is none yet."""
    if not hasattr(request, _MEMO):
        setattr(request, _MEMO, _choose(request))
    found: Publication | None = getattr(request, _MEMO)
    return found


def speak_for(request: HttpRequest, publication: Publication) -> None:
    """The page that answers `request` is this publication's: a link from its mail says so, whatever host was asked."""
    setattr(request, _MEMO, publication)


def prefix_of(publication: Publication | None) -> str:
    """The path part of a publication's address, "" for nearly all: "/courier" of https://example.org/courier."""
    return urlsplit(base_url_of(publication)).path.rstrip("/") if publication else ""


def _choose(request: HttpRequest) -> Publication | None:
    publications = list(Publication.objects.order_by("id"))
    domain, _port = split_domain_port(request.get_host())
    here = [p for p in publications if _host_of(base_url_of(p)) == domain and _lies_under(request.path, prefix_of(p))]
    here.sort(key=lambda p: -len(prefix_of(p)))
    return next(iter([*here, *publications]), None)


def _lies_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def _host_of(address: str) -> str:
    """The host of an address as a Host header writes it: lower case, A-labels, brackets around IPv6."""
    hostname = urlsplit(address).hostname or ""
    if ":" in hostname:
        return f"[{hostname}]"
    try:
        return hostname.encode("idna").decode("ascii")
    except UnicodeError:
        return hostname
