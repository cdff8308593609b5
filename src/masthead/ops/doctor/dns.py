"""Asking the DNS: an empty answer is an answer, a resolver that fails is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import dns.exception
import dns.nameserver
import dns.resolver
import dns.reversename

from masthead.common.hosts import is_ip

_SECONDS = 5.0
#: Names that nobody can register or publish anything for (RFC 2606, RFC 6761, RFC 6762, RFC 8375).
_NOBODYS = ("localhost", "test", "example", "invalid", "local", "internal", "home.arpa", "onion", "lan")
_EXAMPLES = ("example.com", "example.net", "example.org")


class Unanswered(Exception):
    """The resolver failed or was silent: neither yes nor no. The text says how."""


class Resolver(Protocol):
    """What the checks ask. Every method raises Unanswered."""

    def txt(self, name: str) -> list[str]:
        """The texts of `name`, each joined from its pieces; empty when there are none."""

    def mx(self, name: str) -> list[tuple[int, str]]:
        """(preference, host), the best first; the null MX (RFC 7505) is (0, "")."""

    def addresses(self, name: str) -> list[str]:
        """IPv4 and IPv6 addresses of `name`."""

    def names_of(self, address: str) -> list[str]:
        """The names that the PTR records of an IP address give it."""


class SystemResolver:
    """The resolver of this machine, or `servers` ("192.0.2.1" or "192.0.2.1:5353", IPv6 in brackets)."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        try:
            self._resolver: dns.resolver.Resolver | None = dns.resolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = None
        if self._resolver is not None:
            self._resolver.cache = dns.resolver.Cache()
            if servers:
                self._resolver.nameservers = [dns.nameserver.Do53Nameserver(*_endpoint(each)) for each in servers]

    def txt(self, name: str) -> list[str]:
        """See Resolver."""
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[tuple[int, str]]:
        """See Resolver."""
        return sorted((each.preference, each.exchange.to_text(omit_final_dot=True).strip(".")) for each in self._ask(name, "MX"))

    def addresses(self, name: str) -> list[str]:
        """See Resolver."""
        return [each.address for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def names_of(self, address: str) -> list[str]:
        """See Resolver."""
        name = dns.reversename.from_address(address).to_text()
        return [each.target.to_text(omit_final_dot=True).lower() for each in self._ask(name, "PTR")]

    def _ask(self, name: str, kind: str) -> list[Any]:
        if self._resolver is None:
            raise Unanswered("This machine has no resolver configured.")
        try:
            answer = self._resolver.resolve(name.rstrip(".") + ".", kind, lifetime=_SECONDS, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise Unanswered(f"{name} {kind}: {type(error).__name__}") from error
        return list(answer.rrset) if answer.rrset is not None else []


def is_nobodys(domain: str) -> bool:
    """Whether `domain` is a name for examples, tests or the own network, or no name at all: nothing can be published for it."""
    name = domain.lower().rstrip(".")
    if "." not in name or is_ip(name.strip("[]")):
        return True
    return name in _EXAMPLES or name.endswith(tuple(f".{each}" for each in (*_NOBODYS, *_EXAMPLES)))


def _endpoint(server: str) -> tuple[str, int]:
    host, colon, port = server.rpartition(":")
    if not colon or is_ip(server.strip("[]")):
        return server.strip("[]"), 53
    return host.strip("[]"), int(port)
