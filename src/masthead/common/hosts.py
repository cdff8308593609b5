"""Whether a host is an IP address, whether it is this machine, and whether its name lies under a domain."""

from __future__ import annotations

import ipaddress


def is_ip(host: str) -> bool:
    """Whether `host` is an IPv4 or IPv6 address, without brackets."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_this_machine(host: str) -> bool:
    """Whether what is sent to `host` stays on this machine: localhost, or a loopback address."""
    return host.lower() == "localhost" or (is_ip(host) and ipaddress.ip_address(host).is_loopback)


def is_under(name: str, domain: str) -> bool:
    """Whether `name` is `domain` or a name below it. Both are in lower case, without a dot at their end."""
    return name == domain or name.endswith(f".{domain}")
