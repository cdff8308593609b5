"""The one guarded HTTP client: fetches what a stranger's address names, and never anything inside the operator's network.

An address is resolved once, every address it resolves to must be public, and the connection goes to that very address: a name
that answers differently a moment later (rebinding) gains nothing. Redirects are followed by hand and checked like the first
address. Size and time are limited, also against a server that sends one byte a second.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin, urlsplit

Kind = Literal["address", "forbidden", "dns", "tls", "connection", "time", "size", "protocol", "redirects"]

USER_AGENT = "Masthead (checks and imports pages for an editor)"
_MOST_REDIRECTS = 5
_MOST_ADDRESSES = 3
_CHUNK = 65_536
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))+")
#: Names that mean this machine or this network wherever they are asked for (RFC 6761, RFC 6762, RFC 8375).
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion", "test", "invalid")
#: Ways of writing an IPv4 address as an IPv6 one, each a way around a check, and what the standard library takes for global.
_REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::/96",
        "fec0::/10",
        "192.88.99.0/24",
        "192.0.0.0/24",
    )
)


class FetchError(Exception):
    """The page could not be had; the text says why in a sentence. `kind` is for programs."""

    def __init__(self, kind: Kind, sentence: str) -> None:
        self.kind = kind
        super().__init__(sentence)


@dataclass(frozen=True)
class Page:
    """What an address answered. `url` is where redirects ended; `body` is decoded, at most as long as was asked for."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset of the Content-Type, or ""."""
        found = re.search(r"charset\s*=\s*\"?([A-Za-z0-9_:.-]{1,40})", self.headers.get("content-type", ""), re.IGNORECASE)
        return found[1] if found else ""


def is_public(address: str) -> bool:
    """Whether `address` (an IP address) is one of the public Internet, whatever it is disguised as."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return is_public(str(found.ipv4_mapped))
    if any(found in net for net in _REFUSED_NETWORKS if net.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified or "%" in address)


def addresses_of(host: str) -> list[str]:
    """The IP addresses of `host`. Raises OSError."""
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


@dataclass(frozen=True)
class Network:
    """What the client may reach; tests give it a resolver and a port of their own."""

    resolve: Callable[[str], list[str]] = addresses_of
    may_reach: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443})
    tls: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)


INTERNET = Network()


def fetch(
    url: str,
    *,
    method: Literal["GET", "HEAD", "POST"] = "GET",
    form: bytes = b"",
    most_bytes: int = 5_000_000,
    seconds: float = 20,
    accept: str = "*/*",
    enough: bool = False,
    network: Network = INTERNET,
) -> Page:
    """What `url` answers, redirects followed, whatever its status. With `enough` a longer body is cut, not refused.

    A POST sends `form` (application/x-www-form-urlencoded) and follows no redirect.

    Raises FetchError.
    """
    ends = time.monotonic() + seconds
    for _ in range(_MOST_REDIRECTS + 1):
        page = _once(url, method, form, most_bytes, ends, accept, enough, network)
        target = page.headers.get("location", "")
        if method == "POST" or page.status not in {301, 302, 303, 307, 308} or not target:
            return page
        url = urljoin(url, target)
    raise FetchError("redirects", f"The address leads on more than {_MOST_REDIRECTS} times.")


def checked(url: str, *, network: Network = INTERNET) -> tuple[str, str, int, str]:
    """(scheme, host, port, path with query) of an address that may be asked for. Raises FetchError; nothing is looked up."""
    if not url.isprintable() or re.search(r"[\s\\]", url) or len(url) > 4000:
        raise FetchError("address", "The address has characters that no address has.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError as error:
        raise FetchError("address", f"This is no address: {error}.") from error
    if parts.scheme not in {"http", "https"}:
        raise FetchError("address", "Only http and https addresses can be fetched.")
    if parts.username is not None or parts.password is not None:
        raise FetchError("address", "An address with a user name in it is not fetched.")
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in network.ports:
        raise FetchError("forbidden", f"Only the ports 80 and 443 are asked, not {port}.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port, "".join(one if one.isascii() else _percent(one) for one in path)


def _host(host: str) -> str:
    """`host` in its one written form. Raises FetchError for a name of the own network and for numbers in disguise."""
    try:
        plain = host.encode("idna").decode("ascii").rstrip(".").lower() if not host.isascii() else host.rstrip(".").lower()
    except UnicodeError as error:
        raise FetchError("address", "The name of the site is no name.") from error
    if "%" in plain:
        raise FetchError("address", "The name of the site is no name.")
    if ":" in plain or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", plain):
        try:
            return str(ipaddress.ip_address(plain))
        except ValueError as error:
            raise FetchError("address", "The name of the site is no name.") from error
    if plain in _INNER or plain.endswith(tuple(f".{name}" for name in _INNER)):
        raise FetchError("forbidden", "The address leads into your own network.")
    # 2130706433, 0x7f.1 and 017700000001 are addresses to some resolvers: a last label of digits is none of a name.
    if not _HOST.fullmatch(plain) or re.fullmatch(r"(0x[0-9a-f]*|\d+)", plain.rpartition(".")[2]):
        raise FetchError("address", "The name of the site is no name.")
    return plain


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _resolved(host: str, ends: float, network: Network) -> list[str]:
    """The addresses of `host`, all of them allowed. The resolver of the system has no deadline, so it gets a thread."""
    found: list[list[str]] = []
    faults: list[OSError] = []

    def ask() -> None:
        try:
            found.append(network.resolve(host))
        except (OSError, UnicodeError) as error:
            faults.append(error if isinstance(error, OSError) else OSError(str(error)))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, ends - time.monotonic()))
    if asking.is_alive():
        raise FetchError("time", "The name of the site was not answered in time.")
    if faults or not found[0]:
        raise FetchError("dns", f"There is no site called {host}.")
    if not all(network.may_reach(address) for address in found[0]):
        raise FetchError("forbidden", "The address leads into your own network.")
    return found[0][:_MOST_ADDRESSES]


def _once(url: str, method: str, form: bytes, most: int, ends: float, accept: str, enough: bool, network: Network) -> Page:
    scheme, host, port, path = checked(url, network=network)
    plain = _connected(_resolved(host, ends, network), port, ends)
    # A deadline for the whole: a socket's own timeout starts again with every byte.
    alarm = threading.Timer(max(0.0, ends - time.monotonic()), _hang_up, [plain])
    alarm.daemon = True
    alarm.start()
    try:
        try:
            wire = network.tls().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise FetchError("tls", f"{host} has no valid certificate.") from error
        connection = http.client.HTTPConnection(host, port)
        connection.sock = wire
        standard = port == (443 if scheme == "https" else 80)
        named = f"[{host}]" if ":" in host else host
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", named if standard else f"{named}:{port}"),
            ("User-Agent", USER_AGENT),
            ("Accept", accept),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ):
            connection.putheader(name, value)
        if method == "POST":
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(len(form)))
        connection.endheaders(form or None)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        body = b"" if method == "HEAD" else _body(answer, headers, most, enough)
        if time.monotonic() >= ends:  # the alarm looks like the end of the body
            raise TimeoutError
        return Page(url, answer.status, headers, body)
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        if time.monotonic() >= ends:
            raise FetchError("time", f"{host} took too long to answer.") from error
        raise FetchError("protocol", f"{host} broke off or answered in no way a web server does.") from error
    finally:
        alarm.cancel()
        _hang_up(plain)
        plain.close()


def _connected(addresses: list[str], port: int, ends: float) -> socket.socket:
    last: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=max(0.1, min(10.0, ends - time.monotonic())))
        except OSError as error:
            last = error
    kind: Kind = "time" if isinstance(last, TimeoutError) else "connection"
    raise FetchError(kind, "The site does not answer.") from last


def _hang_up(plain: socket.socket) -> None:
    # Already closed, or taken over and closed by TLS: then nothing is left to end.
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _body(answer: http.client.HTTPResponse, headers: Mapping[str, str], most: int, enough: bool) -> bytes:
    """The decoded body, at most `most` bytes. Raises FetchError for a longer one, zipped or not, unless that is `enough`."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise FetchError("protocol", f"The site answered in the coding {coding[:20]}, which was not asked for.")
    unzip = zlib.decompressobj(47) if coding in {"gzip", "x-gzip", "deflate"} else None
    parts: list[bytes] = []
    length = 0
    while chunk := answer.read1(_CHUNK):
        plain = unzip.decompress(chunk, most + 1 - length) if unzip else chunk
        parts.append(plain)
        length += len(plain)
        if length > most:
            if enough:
                return b"".join(parts)[:most]
            raise FetchError("size", f"The page is larger than {most // 1_000_000 or 1} MB.")
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)
