"""SPF (RFC 7208): whose mail a domain's record allows, and whether receivers can evaluate it at all.

Our own, as far as a sender needs it: the whole tree is walked, so that the count of lookups is that of the worst case.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from masthead.ops.doctor.dns import Resolver

#: RFC 7208 §4.6.4.
MOST_LOOKUPS = 10
MOST_VOID = 2
_TERM = re.compile(r"([+?~-]?)([a-z0-9]+)(?::([^/\s]+))?(/\d{1,3})?(//\d{1,3})?", re.I)
_RESULTS = {"+": "pass", "": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
#: Deep enough for any record that receivers can evaluate, and the end of one that includes itself.
_DEEPEST = 10

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass
class Spf:
    """`result` for the address that was asked about: pass, fail, softfail, neutral, none or permerror."""

    record: str = ""
    result: str = "none"
    lookups: int = 0
    void: int = 0
    problems: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)


def evaluate(domain: str, address: str, resolver: Resolver) -> Spf:
    """What the record of `domain` says of mail from the IP `address`. Raises dns.Unanswered."""
    found = Spf()
    found.result = _evaluate(domain, ipaddress.ip_address(address), resolver, found, 0)
    if found.lookups > MOST_LOOKUPS or found.void > MOST_VOID:
        found.result = "permerror"
    return found


def record_of(domain: str, resolver: Resolver) -> list[str]:
    """The SPF records of `domain`: there must be one."""
    return [each for each in resolver.txt(domain) if each.lower().split(" ")[0] == "v=spf1"]


def with_term(record: str, term: str) -> str:
    """`record` with `term` added in front of its end; a new one when there is none."""
    if not record:
        return f"v=spf1 {term} ~all"
    terms = record.split()
    at = next(
        (place for place, each in enumerate(terms) if each.lower().lstrip("+?~-") == "all" or "redirect=" in each), len(terms)
    )
    return " ".join([*terms[:at], term, *terms[at:]])


def _evaluate(domain: str, ip: Ip, resolver: Resolver, found: Spf, depth: int) -> str:
    records = record_of(domain, resolver)
    if depth == 0:
        found.record = records[0] if records else ""
    if len(records) > 1:
        found.problems.append(f"{domain} has {len(records)} SPF records; there must be one.")
        return "permerror"
    if not records:
        if depth:
            found.problems.append(f"{domain} is included and has no SPF record.")
        return "permerror" if depth else "none"
    result, redirect = "", ""
    for term in records[0].split()[1:]:
        if "=" in term.partition(":")[0]:
            name, _equals, value = term.partition("=")
            redirect = value if name.lower() == "redirect" else redirect
            continue
        matched = _TERM.fullmatch(term)
        if matched is None:
            if "%" not in term:
                found.problems.append(f"The term {term!r} in the record of {domain} is malformed.")
                return "permerror"
            continue
        if _matches(matched, domain, ip, resolver, found, depth) and not result:
            result = _RESULTS[matched[1]]
    if redirect and not result and depth < _DEEPEST:
        found.lookups += 1
        return _evaluate(redirect, ip, resolver, found, depth + 1)
    return result or "neutral"


def _matches(term: re.Match[str], domain: str, ip: Ip, resolver: Resolver, found: Spf, depth: int) -> bool:
    name, target = term[2].lower(), term[3] or domain
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        return _within(ip, target + (term[4] or ""))
    if name not in {"include", "a", "mx", "ptr", "exists"}:
        found.problems.append(f"The record of {domain} has the unknown term {term[0]!r}.")
        return False
    found.lookups += 1
    if "%" in target or name in {"ptr", "exists"} or depth >= _DEEPEST or found.lookups > 3 * MOST_LOOKUPS:
        return False
    if name == "include":
        found.includes.append(target.lower())
        return _evaluate(target, ip, resolver, found, depth + 1) == "pass"
    hosts = [target] if name == "a" else [host for _preference, host in resolver.mx(target)[:10] if host]
    addresses = [each for host in hosts for each in resolver.addresses(host)]
    if not addresses:
        found.void += 1
    prefix = {4: term[4], 6: (term[5] or "")[1:]}[ip.version]
    return any(_within(ip, each + (prefix or "")) for each in addresses)


def _within(ip: Ip, network: str) -> bool:
    try:
        return ip in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
