"""The name that the DNS gives the address mail leaves from: large receivers refuse one without, or with a dial-up's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from masthead.common.hosts import is_ip
from masthead.issues.publications import is_loopback
from masthead.ops.doctor.dns import Resolver, is_nobodys
from masthead.ops.doctor.relays import include_of
from masthead.ops.doctor.rows import FAIL, PASS, UNCHECKED, Record, Result, Row


def has_own_name(relay: str, own_address: str, resolver: Resolver) -> Row:
    """PTR of the sending address, confirmed by an address record of that name (RFC 1912 §2.1).

    Judged for a mail server on this machine, whose address is `own_address`. Another server may send from other addresses than
    it is reached at: there a good name is good, and anything else says nothing.
    """
    is_here = is_loopback(relay)
    if not relay or include_of(relay):
        return _row(relay, UNCHECKED, _("Whose addresses mail leaves from, and their names, is the business of the provider."))
    address = own_address if is_here else next(iter(resolver.addresses(relay)), "")
    if not address:
        return _row(relay, UNCHECKED, _("From which address mail leaves is not known here; the loop test shows."))
    result, words, publish = _judged(address, resolver)
    if result == FAIL and not is_here:
        note = _("%(words)s That matters if mail leaves from there; the loop test shows.") % {"words": words}
        return _row(address, UNCHECKED, note)
    return _row(address, result, words, publish)


def calls_itself(server: str, own_address: str, resolver: Resolver) -> Row:
    """The name that a mail server on this machine greets with, which it says in EHLO too unless told otherwise.

    RFC 5321 §4.1.1.1 wants a full name. Receivers refuse others, and trust one less that does not lead to where mail leaves from.
    """
    if "." not in server.strip("[].") or is_ip(server.strip("[]")):
        words = _("It calls itself %(name)s, which is no full name. Set your mail server's own name (Postfix: myhostname).")
        return Row("relay", "helo", server, FAIL, words % {"name": server or "-"})
    if is_nobodys(server):
        words = _("It calls itself %(name)s, which nobody else can look up. Set its public name (Postfix: myhostname).")
        return Row("relay", "helo", server, FAIL, words % {"name": server})
    if not own_address:
        return Row(
            "relay", "helo", server, UNCHECKED, _("From which address mail leaves is not known here; the loop test shows.")
        )
    if own_address in resolver.addresses(server):
        return Row("relay", "helo", server, PASS, _("It calls itself by a name that leads to this machine."))
    kind = "AAAA" if ":" in own_address else "A"
    words = _("It calls itself %(name)s, which does not lead to this machine: publish its address, or set its public name.")
    return Row("relay", "helo", server, FAIL, words % {"name": server}, Record(server, kind, own_address))


def _judged(address: str, resolver: Resolver) -> tuple[Result, str, Record | None]:
    names = [name.rstrip(".") for name in resolver.names_of(address)]
    if not names:
        return FAIL, _("The address has no name (PTR). Whoever rents you the address sets it to your mail server's name."), None
    name = next((each for each in names[:10] if address in resolver.addresses(each)), "")
    if not name:
        kind = "AAAA" if ":" in address else "A"
        words = _("Its name (PTR) is %(name)s, which does not lead back to it: publish its address.")
        return FAIL, words % {"name": names[0]}, Record(names[0], kind, address)
    if _is_generic(name, address):
        words = _("Its name %(name)s is one that providers give to every address; ask for your mail server's own.")
        return FAIL, words % {"name": name}, None
    return PASS, _("Its name is %(name)s, which leads back to it.") % {"name": name}, None


def _is_generic(name: str, address: str) -> bool:
    """Whether an IPv4 address stands in `name`, number by number in either direction."""
    numbers = address.split(".")
    found = [part.lstrip("0") or "0" for part in "".join(char if char.isdigit() else " " for char in name).split()]
    rows = [found[start : start + 4] for start in range(len(found))]
    return numbers in rows or numbers[::-1] in rows


def _row(subject: str, result: Result, words: str, publish: Record | None = None) -> Row:
    return Row("dns", "ptr", subject, result, words, publish)
