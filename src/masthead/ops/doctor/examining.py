"""The whole examination: each bulletin's domains and hosts, the relays, the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from masthead.bounces.models import Mailbox, RawReport, Webhook
from masthead.common.addresses import BadAddress, domain_to_ascii, normalise
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of, is_loopback
from masthead.mail import dkim
from masthead.mail.address_words import why_not
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.transports import choosing
from masthead.mail.transports.base import Step, TransportConfig
from masthead.ops.doctor import domains, reverse, web, weight
from masthead.ops.doctor.dns import Resolver, SystemResolver, Unanswered, is_nobodys
from masthead.ops.doctor.rows import FAIL, GROUPS, PASS, UNCHECKED, UNKNOWN, Row


def _resolver() -> Resolver:
    return SystemResolver(settings.DNS_SERVERS)


@dataclass(frozen=True)
class Outside:
    """Whom the doctor asks; tests answer themselves."""

    resolver: Resolver = field(default_factory=_resolver)
    certificate_end: web.CertificateEnd = web.certificate_end
    post: web.Post = web.post
    probe: Callable[[TransportConfig], list[Step]] = choosing.probe


def examine(*, publications: Sequence[Publication], outside: Outside, now: datetime) -> list[Row]:
    """Every row for `publications`, in the order of the groups; the same question is asked once. Changes nothing."""
    rows: list[Row] = []
    for publication in publications:
        rows += [*names_of(publication, outside, now), *_of_hosts(publication, outside, now)]
    hosts = [urlsplit(base_url_of(each)).hostname or "" for each in publications]
    rows += [*_of_relays(outside, hosts, weight.newest(publications, now), now), _way_back()]
    return sorted(dict.fromkeys(rows), key=lambda row: GROUPS.index(row.group))


def names_of(publication: Publication, outside: Outside, now: datetime) -> Iterator[Row]:
    """What the DNS says of the domains of `publication`'s mail; nothing but the resolver is asked."""
    resolver = outside.resolver
    try:
        sender = domain_to_ascii(normalise(publication.from_address).domain)
        envelope = domain_to_ascii(settings.BOUNCE_DOMAIN or sender)
    except BadAddress as error:
        yield Row(
            "dns",
            "sender",
            publication.from_address,
            FAIL,
            _("The sender address cannot be used: %(why)s") % {"why": why_not(error)},
        )
        return
    if is_nobodys(sender) or is_nobodys(envelope):
        words = _("%(domain)s is a name for examples and tests: nothing can be published for it.")
        yield Row("dns", "sender", sender, UNCHECKED, words % {"domain": sender if is_nobodys(sender) else envelope})
        return
    base = urlsplit(base_url_of(publication)).hostname or ""
    yield _asked("dns", "sender", sender, lambda: domains.sender_can_receive(sender, resolver))
    for relay in _relay_hosts(sender, now):
        yield _asked("dns", "spf", envelope, lambda: domains.spf_allows(envelope, relay, _own_address(base, resolver), resolver))  # noqa: B023
        yield _asked("dns", "ptr", relay, lambda: reverse.has_own_name(relay, _own_address(base, resolver), resolver))  # noqa: B023
    yield from _signatures(sender, resolver)
    signing = [settings.DKIM_DOMAIN] if settings.DKIM_KEY_FILE else []
    # Reports to another domain need that domain's consent in the DNS (RFC 7489 §7.1).
    answers_here = publication.reply_to.lower().endswith(f"@{sender}")
    report_to = publication.reply_to if answers_here else publication.from_address
    yield _asked("dns", "dmarc", sender, lambda: domains.dmarc_aligned(sender, envelope, signing, report_to, resolver))
    yield _asked("return", "bounce-mx", envelope, lambda: domains.bounces_can_return(envelope, resolver))


def _signatures(sender: str, resolver: Resolver) -> Iterator[Row]:
    if not settings.DKIM_KEY_FILE:
        words = _("Masthead signs nothing itself. Whether the relay signs, and with which key, shows in the loop test.")
        yield Row("dns", "dkim", sender, UNCHECKED, words)
        return
    try:
        signer = dkim.configured()
    except dkim.BadKeyError as error:
        yield Row("dns", "dkim", settings.DKIM_DOMAIN or sender, FAIL, str(error))
        return
    domain, selector = settings.DKIM_DOMAIN, settings.DKIM_SELECTOR
    expected = signer.public_key if signer is not None else None
    name = f"{selector}._domainkey.{domain}"
    yield _asked("dns", "dkim", name, lambda: domains.dkim_key(domain, selector, expected, resolver))


def _of_hosts(publication: Publication, outside: Outside, now: datetime) -> Iterator[Row]:
    base = base_url_of(publication)
    host = urlsplit(base).hostname or ""
    if is_loopback(host) or is_nobodys(host):
        words = _("%(url)s is on this machine or a name for examples: nobody outside can open it.") % {"url": base}
        yield Row("web", "certificate", host, UNCHECKED, words)
        return
    yield web.certificate_holds(base, now, outside.certificate_end)
    yield web.one_click_works(base, outside.post)


def _of_relays(outside: Outside, hosts: list[str], issue: weight.Weighed | None, now: datetime) -> Iterator[Row]:
    try:
        ways = choosing.ways(now)
    except SealedUnderAnotherKeyError as error:
        yield Row("relay", "connection", "", FAIL, str(error))
        return
    for config in ways:
        if config.kind == "inbox":
            words = _("Mail goes to the built-in inbox: nothing leaves this machine until a mail server is chosen.")
            yield Row("relay", "connection", config.name, UNCHECKED, words)
            continue
        for step in outside.probe(config):
            # What a server offers is told, not judged.
            yield Row("relay", step.name, f"{config.host}:{config.port}", PASS if step.ok else FAIL, step.text)
            if step.size and issue is not None:
                yield weight.fits(f"{config.host}:{config.port}", step.size, issue)
            if step.server and is_loopback(config.host):
                yield _asked("relay", "helo", step.server, lambda: _helo(step.server, hosts, outside.resolver))  # noqa: B023


def _helo(server: str, hosts: list[str], resolver: Resolver) -> Row:
    own = next(filter(None, (_own_address(host, resolver) for host in hosts)), "")
    return reverse.calls_itself(server, own, resolver)


def _way_back() -> Row:
    """Whether anything that comes back reaches us at all."""
    broken = Mailbox.objects.filter(in_use=True).exclude(trouble="").first()
    if broken is not None:
        return Row("return", "door", broken.name, FAIL, broken.trouble)
    doors: list[Mailbox | Webhook] = [*Mailbox.objects.filter(in_use=True), *Webhook.objects.filter(in_use=True)]
    if doors:
        names = ", ".join(each.name for each in doors[:5])
        return Row("return", "door", "", PASS, _("What comes back is taken in by: %(names)s.") % {"names": names})
    if RawReport.objects.exclude(via=RawReport.Via.FILE).exists():
        return Row("return", "door", "", PASS, _("A mail server hands over what comes back."))
    words = _("No mailbox and no webhook is set up. If your mail server hands bounces over itself, the first one shows it.")
    return Row("return", "door", "", UNCHECKED, words)


def _relay_hosts(sender: str, now: datetime) -> list[str]:
    try:
        ways = choosing.ways(now, sender_domain=sender)
    except (choosing.NoWayOut, SealedUnderAnotherKeyError):
        return [""]
    return list(dict.fromkeys(config.host if config.kind != "inbox" else "" for config in ways))


def _own_address(host: str, resolver: Resolver) -> str:
    """An address of this install as the world sees it: for a mail server on the same machine."""
    return next(iter(resolver.addresses(host)), "") if host and not is_nobodys(host) else ""


def _asked(group: str, check: str, subject: str, ask: Callable[[], Row]) -> Row:
    try:
        return ask()
    except Unanswered as error:
        words = _("The DNS did not answer (%(words)s): neither good nor bad. Try again.") % {"words": error}
        return Row(group, check, subject, UNKNOWN, words)
