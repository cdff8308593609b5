"""A DNS server of the tests' own on loopback, and a resolver that needs none."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from masthead.ops.doctor.dns import Unanswered

#: name → type → values as in a zone file.
Zone = Mapping[str, Mapping[str, list[str]]]


@dataclass
class Zoned:
    """Answers from a zone; `silent` names are not answered at all."""

    zone: Zone
    silent: set[str] = field(default_factory=set)

    def txt(self, name: str) -> list[str]:
        return [value.strip('"').replace('" "', "") for value in self._of(name, "TXT")]

    def mx(self, name: str) -> list[tuple[int, str]]:
        found = [value.split() for value in self._of(name, "MX")]
        return sorted((int(preference), host.rstrip(".")) for preference, host in found)

    def addresses(self, name: str) -> list[str]:
        return [*self._of(name, "A"), *self._of(name, "AAAA")]

    def names_of(self, address: str) -> list[str]:
        return self._of(address, "PTR")

    def _of(self, name: str, kind: str) -> list[str]:
        if name in self.silent:
            raise Unanswered(f"{name} {kind}: SERVFAIL")
        return list(self.zone.get(name, {}).get(kind, []))


@contextlib.contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """A server for `zone` on loopback; yields "127.0.0.1:PORT". A name with the type SERVFAIL fails."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, wire = self.request
            asked = dns.message.from_wire(raw)
            answer = dns.message.make_response(asked)
            answer.flags |= dns.flags.AA
            question = asked.question[0]
            name = question.name.to_text(omit_final_dot=True).lower()
            known = zone.get(name)
            if known is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif "SERVFAIL" in known:
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif values := known.get(dns.rdatatype.to_text(question.rdtype)):
                answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", question.rdtype, values))
            wire.sendto(answer.to_wire(), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
