"""What the DNS says of the domains in our mails: whether they can receive, SPF, DKIM, DMARC and its alignment."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList

from masthead.ops.doctor import spf
from masthead.ops.doctor.dns import Resolver
from masthead.ops.doctor.relays import include_of
from masthead.ops.doctor.rows import FAIL, PASS, UNCHECKED, Record, Result, Row

_LEAST_BITS = 1024
_WANTED_BITS = 2048


def sender_can_receive(domain: str, resolver: Resolver) -> Row:
    """RFC 5321 §5.1, RFC 7505: receivers refuse senders who could not be answered."""

    def row(result: Result, words: str, publish: Record | None = None) -> Row:
        return Row("dns", "sender", domain, result, words, publish)

    hosts = resolver.mx(domain)
    if hosts == [(0, "")]:
        return row(FAIL, _("The domain says that it takes no mail (null MX): receivers refuse a sender who cannot be answered."))
    if hosts:
        return row(PASS, _("The domain takes mail: %(hosts)s.") % {"hosts": ", ".join(host for _pref, host in hosts[:3])})
    if resolver.addresses(domain):
        return row(PASS, _("The domain has no MX, but an address, which is where mail to it goes."))
    publish = Record(domain, "MX", f"10 mail.{domain}.")
    return row(FAIL, _("The domain takes no mail: it has neither MX nor address. Publish where its mail server is."), publish)


def bounces_can_return(domain: str, resolver: Resolver) -> Row:
    """The domain of b+TOKEN@: without a mail server there no bounce ever comes back."""

    def row(result: Result, words: str, publish: Record | None = None) -> Row:
        return Row("return", "bounce-mx", domain, result, words, publish)

    hosts = [(preference, host) for preference, host in resolver.mx(domain) if host]
    if not hosts:
        publish = Record(domain, "MX", f"10 mail.{domain}.")
        return row(
            FAIL, _("No mail server is named for it, so that bounces are lost. Publish the one that hands them to us."), publish
        )
    lost = [host for _preference, host in hosts if not resolver.addresses(host)]
    if lost:
        return row(FAIL, _("Its mail server %(host)s has no address.") % {"host": lost[0]}, Record(lost[0], "A", "…"))
    names = ", ".join(host for _preference, host in hosts[:3])
    return row(PASS, _("Bounces go to %(hosts)s. That they come from there to us is shown by the first one.") % {"hosts": names})


def spf_allows(domain: str, relay: str, own_address: str, resolver: Resolver) -> Row:
    """RFC 7208 for the envelope's domain. `own_address`: an IP of this install, for a relay on this machine; may be empty."""

    def row(result: Result, words: str, publish: Record | None = None) -> Row:
        return Row("dns", "spf", domain, result, words, publish)

    include = include_of(relay)
    is_here = relay in ("localhost", "127.0.0.1", "::1")
    addresses = [own_address] if is_here and own_address else [] if is_here or not relay else resolver.addresses(relay)
    term = f"include:{include}" if include else " ".join(_ip_term(each) for each in addresses[:4]) or "mx"
    asked = addresses[0] if addresses else "192.0.2.1"
    found = spf.evaluate(domain, asked, resolver)
    publish = Record(domain, "TXT", spf.with_term(found.record, term))
    if found.problems:
        return row(FAIL, " ".join(found.problems), None)
    if not found.record:
        return row(FAIL, _("There is no SPF record: receivers cannot tell who may send for the domain."), publish)
    if found.lookups > spf.MOST_LOOKUPS:
        words = _("The record asks %(count)d further questions; receivers stop at %(most)d and call it broken. Take terms out.")
        return row(FAIL, words % {"count": found.lookups, "most": spf.MOST_LOOKUPS})
    if found.void > spf.MOST_VOID:
        return row(FAIL, _("The record names more than two hosts that have no address: receivers call it broken. Take them out."))
    if include and include in found.includes:
        return row(PASS, _("The record includes %(include)s, whose servers send for you.") % {"include": include})
    results = [found.result, *(spf.evaluate(domain, each, resolver).result for each in addresses[1:4])] if addresses else []
    if results and all(each == "pass" for each in results):
        return row(PASS, _("The record allows %(relay)s (%(ips)s).") % {"relay": relay, "ips": ", ".join(addresses[:4])})
    if include:
        return row(
            FAIL,
            _("The record does not include %(include)s, as %(relay)s asks for.") % {"include": include, "relay": relay},
            publish,
        )
    if not addresses:
        return row(
            UNCHECKED, _("The record can be evaluated. From which address mail leaves is not known here; the loop test shows.")
        )
    words = _("The record does not allow %(relay)s (%(ips)s). If it sends from other addresses, add the term its operator names.")
    return row(FAIL, words % {"relay": relay, "ips": ", ".join(addresses[:4])}, publish)


def dkim_key(domain: str, selector: str, expected: tuple[str, str] | None, resolver: Resolver) -> Row:
    """RFC 6376 §3.6.1. `expected`: (k=, p=) of the key that we sign with."""
    name = f"{selector}._domainkey.{domain}"

    def row(result: Result, words: str, publish: Record | None = None) -> Row:
        return Row("dns", "dkim", name, result, words, publish)

    publish = Record(name, "TXT", f"v=DKIM1; k={expected[0]}; p={expected[1]}") if expected else None
    texts = resolver.txt(name)
    if not texts:
        return row(FAIL, _("The public key is not in the DNS: every signature fails."), publish)
    if len(texts) > 1:
        return row(FAIL, _("There are several records; leave one."), publish)
    tags = tags_of(texts[0])
    key = re.sub(r"\s", "", tags.get("p", ""))
    if not key:
        return row(FAIL, _("The key was revoked (p= is empty)."), publish)
    if expected and key != expected[1]:
        return row(FAIL, _("Another key is published than the one that signs."), publish)
    bits = _bits(tags.get("k", "rsa"), key)
    if bits is None:
        return row(FAIL, _("What is published is no key."), publish)
    if 0 < bits < _LEAST_BITS:
        return row(FAIL, _("The key has %(bits)d bits; receivers want at least 1024, better 2048.") % {"bits": bits})
    if 0 < bits < _WANTED_BITS:
        return row(PASS, _("The key is published. It has %(bits)d bits; make one of 2048 when you can.") % {"bits": bits})
    words = _("The key is published, and is the one that signs.") if expected else _("The key is published.")
    return row(PASS, words)


def dmarc_aligned(domain: str, envelope: str, signing: Sequence[str], report_to: str, resolver: Resolver) -> Row:
    """RFC 7489: a record on the From domain or its organisational domain, and SPF or DKIM under a domain that fits.

    `signing`: the d= of our own signatures; a relay that signs shows only in the loop test.
    """
    whole = organisational(domain)
    place, tags = f"_dmarc.{domain}", _dmarc(domain, resolver)
    if not tags and whole != domain:
        place, tags = f"_dmarc.{whole}", _dmarc(whole, resolver)

    def row(result: Result, words: str, publish: Record | None = None) -> Row:
        return Row("dns", "dmarc", place, result, words, publish)

    publish = Record(f"_dmarc.{whole}", "TXT", f"v=DMARC1; p=none; rua=mailto:{report_to}")
    if not tags:
        return row(FAIL, _("There is no DMARC record: large receivers refuse or filter bulk mail without one."), publish)
    policy = tags.get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        return row(FAIL, _("The policy p=%(policy)s is none that receivers know.") % {"policy": policy}, publish)
    by_spf = _is_aligned(domain, envelope, tags.get("aspf", "r"))
    by_dkim = [each for each in signing if _is_aligned(domain, each, tags.get("adkim", "r"))]
    said = {"policy": policy, "envelope": envelope, "signing": ", ".join(by_dkim)}
    if by_spf and by_dkim:
        return row(PASS, _("Policy %(policy)s. SPF (%(envelope)s) and DKIM (%(signing)s) both fit the sender.") % said)
    if by_dkim:
        return row(
            PASS, _("Policy %(policy)s. DKIM (%(signing)s) fits the sender; SPF is of another domain, which is enough.") % said
        )
    if by_spf:
        words = _(
            "Policy %(policy)s. SPF (%(envelope)s) fits the sender; forwarded mail would need a signature of the domain, too."
        )
        return row(PASS, words % said)
    words = _(
        "Neither the envelope's domain (%(envelope)s) nor a signature of ours fits the sender: receivers see no proof of it."
    )
    return row(FAIL, words % said)


def tags_of(text: str) -> dict[str, str]:
    """The tags of a record such as "v=DMARC1; p=none"."""
    pairs = (each.partition("=") for each in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def organisational(domain: str) -> str:
    """The domain under which somebody registered `domain` (public suffix list)."""
    return _suffixes().privatesuffix(domain.lower()) or domain.lower()


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=False)


def _dmarc(domain: str, resolver: Resolver) -> dict[str, str]:
    found = [text for text in resolver.txt(f"_dmarc.{domain}") if text.lower().replace(" ", "").startswith("v=dmarc1")]
    return tags_of(found[0]) if len(found) == 1 else {}


def _is_aligned(sender: str, other: str, mode: str) -> bool:
    if mode.lower() == "s":
        return sender.lower() == other.lower()
    return organisational(sender) == organisational(other)


def _ip_term(address: str) -> str:
    return f"ip6:{address}" if ":" in address else f"ip4:{address}"


def _bits(kind: str, key: str) -> int | None:
    """Of an RSA key; 0 for a key of another kind; None for no key."""
    try:
        raw = b64decode(key, validate=True)
        if kind.lower() == "ed25519":
            return 0 if len(raw) == 32 else None
        found = serialization.load_der_public_key(raw)
    except ValueError:
        return None
    return found.key_size if isinstance(found, rsa.RSAPublicKey) else None
