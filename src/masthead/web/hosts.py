"""Which host was asked, and whose bulletin answers there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from masthead.common.hosts import is_ip
from masthead.issues.models import Publication

#: A loopback name reaches nobody else's machine, so that a page of somebody else cannot be mistaken for ours.
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SECONDS = 60.0
_MEMO = "_masthead_publication"
_FOUND = "_masthead_place"


@dataclass(frozen=True)
class Place:
    """Where a request came in: whose address it is, the path part of that address, and whether it is one of former days."""

    publication: Publication | None
    prefix: str = ""
    former: bool = False


class _PublicationHosts:
    """The hosts of the publications' addresses, kept for a minute; an unknown host is asked for again at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: frozenset[str] = frozenset()
        self._until = 0.0

    def knows(self, host: str) -> bool:
        if host in self._hosts and time.monotonic() < self._until:
            return True
        publications = Publication.objects.values_list("base_url", "former_urls")
        addresses = (address for base_url, former in publications for address in (base_url, *former))
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
        setattr(request, _MEMO, place_of(request).publication)
    found: Publication | None = getattr(request, _MEMO)
    return found


def place_of(request: HttpRequest) -> Place:
    """Where `request` came in. Nothing is changed by it: `web.middleware` takes the prefix away."""
    if not hasattr(request, _FOUND):
        setattr(request, _FOUND, _choose(request))
    found: Place = getattr(request, _FOUND)
    return found


def publications_below(request: HttpRequest) -> list[Publication]:
    """Who lives on paths of the host that `request` asks, when nobody is at its root."""
    domain, _port = split_domain_port(request.get_host())
    here = [p for p in Publication.objects.order_by("name") if _host_of(p.public_address) == domain]
    return here if all(prefix_of(p) for p in here) else []


def asked_by_number(request: HttpRequest) -> bool:
    """Whether the host was asked by its IP address. No passkey works there: it belongs to a name (WebAuthn Level 3, §5.1.2)."""
    return is_ip(split_domain_port(request.get_host())[0].strip("[]"))


def speak_for(request: HttpRequest, publication: Publication) -> None:
    """The page that answers `request` is this publication's: a link from its mail says so, whatever host was asked."""
    setattr(request, _MEMO, publication)


def prefix_of(publication: Publication | None) -> str:
    """The path part of a publication's address, "" for nearly all: "/courier" of https://example.org/courier."""
    return urlsplit(publication.public_address).path.rstrip("/") if publication else ""


def _choose(request: HttpRequest) -> Place:
    publications = list(Publication.objects.order_by("id"))
    domain, _port = split_domain_port(request.get_host())
    places = list(_places(publications))
    # A host that is nobody's, such as loopback, shows what the others do; below its path, too.
    pool = [place for place in places if place.host == domain] or [place for place in places if not place.former]
    fitting = [place for place in pool if _lies_under(request.path, place.prefix)]
    if fitting:
        # The longest path is the one that was meant; who is there today goes before who was there once.
        best = max(fitting, key=lambda place: (len(place.prefix), not place.former))
        return Place(best.publication, best.prefix, best.former)
    today = [place.publication for place in pool if not place.former]
    return Place(next(iter([*today, *publications]), None))


@dataclass(frozen=True)
class _HostedPlace:
    publication: Publication
    host: str
    prefix: str
    former: bool


def _places(publications: list[Publication]) -> Iterator[_HostedPlace]:
    for publication in publications:
        for url in (publication.public_address, *publication.former_urls):
            former = url != publication.public_address
            yield _HostedPlace(publication, _host_of(url), urlsplit(url).path.rstrip("/"), former)


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
