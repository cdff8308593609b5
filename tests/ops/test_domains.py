"""What is wrong with a domain is named, with the record that puts it right; what cannot be known is not called good."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from masthead.ops.doctor import domains, spf
from masthead.ops.doctor.dns import is_nobodys
from masthead.ops.doctor.rows import Record
from tests.servers.names import Zoned

DOMAIN = "tidewater-courier.net"
RELAY = "relay.tidewater-courier.net"


def allows(
    record: str | list[str] | None, relay: str = RELAY, own: str = "", **more: dict[str, list[str]]
) -> tuple[str, str, str]:
    records = [record] if isinstance(record, str) else record or []
    zone = {DOMAIN: {"TXT": [f'"{each}"' for each in records]}, RELAY: {"A": ["203.0.113.7"], "AAAA": ["2001:db8::7"]}}
    zone |= {name.replace("__", "-").replace("_", "."): values for name, values in more.items()}
    row = domains.spf_allows(DOMAIN, relay, own, Zoned(zone))
    return row.result, row.words, row.publish.value if row.publish else ""


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/32 -all",
        f"v=spf1 a:{RELAY} -all",
        f"v=spf1 a:{RELAY}/24//64 ~all",
        "v=spf1 include:inner.net -all",
        "v=spf1 redirect=inner.net",
        "v=spf1 mx ~all",
    ],
)
def test_a_record_that_names_the_relay_passes(record: str) -> None:
    inner = {"TXT": ['"v=spf1 ip4:203.0.113.7 ip6:2001:db8::7 -all"']}
    zone = {DOMAIN: {"TXT": [f'"{record}"'], "MX": [f"10 {RELAY}."]}, RELAY: {"A": ["203.0.113.7"], "AAAA": ["2001:db8::7"]}}
    row = domains.spf_allows(DOMAIN, RELAY, "", Zoned({**zone, "inner.net": inner}))
    assert (row.result, row.publish) == ("pass", None), row.words


def test_what_is_missing_is_added_to_the_record_that_is_there() -> None:
    result, words, record = allows(
        "v=spf1 ip4:198.51.100.1 include:other.net -all", other_net={"TXT": ['"v=spf1 ip4:198.51.100.2 -all"']}
    )
    assert (result, RELAY in words) == ("fail", True)
    assert record == "v=spf1 ip4:198.51.100.1 include:other.net ip4:203.0.113.7 ip6:2001:db8::7 -all"
    assert allows(None)[::2] == ("fail", "v=spf1 ip4:203.0.113.7 ip6:2001:db8::7 ~all")
    assert allows("v=spf1 -all", relay="smtp.mailgun.org")[::2] == ("fail", "v=spf1 include:mailgun.org -all")


def test_a_providers_include_is_enough_whatever_its_servers_addresses() -> None:
    result, words, _record = allows(
        "v=spf1 include:mailgun.org ~all", relay="smtp.eu.mailgun.org", mailgun_org={"TXT": ['"v=spf1 ip4:192.0.2.9 ~all"']}
    )
    assert result == "pass", words


def test_a_relay_on_this_machine_sends_from_this_installs_address_or_from_nobody_knows_where() -> None:
    assert allows("v=spf1 ip4:203.0.113.7 -all", relay="127.0.0.1", own="203.0.113.7")[0] == "pass"
    assert allows("v=spf1 ip4:203.0.113.7 -all", relay="127.0.0.1")[0] == "unchecked"


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "2 SPF records"),
        (["v=spf1 include:nothing.net -all"], "nothing.net is included"),
        (["v=spf1 ip4:203.0.113.7 foo:bar -all"], "unknown term"),
        (["v=spf1 " + " ".join(f"a:h{number}.net" for number in range(11)) + " -all"], "further questions"),
        (["v=spf1 a:void1.net a:void2.net a:void3.net ip4:203.0.113.7 -all"], "no address"),
        ([f"v=spf1 include:{DOMAIN} -all"], "further questions"),
    ],
)
def test_a_record_that_receivers_cannot_evaluate_is_named(records: list[str], words: str) -> None:
    hosts = {f"h{number}_net": {"A": ["192.0.2.1"]} for number in range(11)}
    result, said, _record = allows(records, **hosts)
    assert (result, words in said) == ("fail", True), said


def test_a_soft_failure_of_an_inner_record_is_no_match() -> None:
    zone = {"a.net": {"TXT": ['"v=spf1 include:b.net ip4:203.0.113.7 -all"']}, "b.net": {"TXT": ['"v=spf1 ~all"']}}
    assert spf.evaluate("a.net", "203.0.113.7", Zoned(zone)).result == "pass"
    assert spf.evaluate("a.net", "203.0.113.8", Zoned(zone)).result == "fail"


def key(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    whole = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b64encode(whole).decode()


def test_a_published_key_is_compared_with_the_one_that_signs() -> None:
    ours, other = key(2048), key(1024)
    name = f"news._domainkey.{DOMAIN}"

    def result(*records: str, expected: tuple[str, str] | None = ("rsa", ours)) -> str:
        zone = Zoned({name: {"TXT": [f'"{record}"' for record in records]}})
        row = domains.dkim_key(DOMAIN, "news", expected, zone)
        if row.result == "fail" and expected:
            assert row.publish in (None, Record(name, "TXT", f"v=DKIM1; k=rsa; p={ours}"))
        return f"{row.result}: {row.words}"

    assert result(f"v=DKIM1; k=rsa; p={ours}").startswith("pass")
    assert result(f"v=DKIM1; p={ours[:40]} {ours[40:]}").startswith("pass")
    assert "1024" in result(f"v=DKIM1; p={other}", expected=None)
    assert "Another key" in result(f"v=DKIM1; p={other}")
    assert "revoked" in result("v=DKIM1; p=")
    assert "not in the DNS" in result()
    assert "several" in result("v=DKIM1; p=", f"v=DKIM1; p={ours}")
    assert "no key" in result("v=DKIM1; p=AAAA", expected=None)


def test_alignment_follows_the_mode_and_the_organisational_domain() -> None:
    def result(record: str | None, *, sender: str = DOMAIN, envelope: str = DOMAIN, signing: list[str] | None = None) -> str:
        zone = Zoned({f"_dmarc.{DOMAIN}": {"TXT": [f'"{record}"'] if record else []}})
        row = domains.dmarc_aligned(sender, envelope, signing or [], f"post@{DOMAIN}", zone)
        if record is None:
            assert row.publish == Record(f"_dmarc.{DOMAIN}", "TXT", f"v=DMARC1; p=none; rua=mailto:post@{DOMAIN}")
        return row.result

    assert result("v=DMARC1; p=none") == "pass"
    assert result("v=DMARC1; p=none", sender=f"news.{DOMAIN}", envelope=f"bounce.{DOMAIN}") == "pass"
    assert result("v=DMARC1; p=reject; aspf=s", envelope=f"bounce.{DOMAIN}") == "fail"
    assert result("v=DMARC1; p=reject; aspf=s", envelope=f"bounce.{DOMAIN}", signing=[DOMAIN]) == "pass"
    assert result("v=DMARC1; p=reject; adkim=s", envelope="esp.net", signing=[f"news.{DOMAIN}"]) == "fail"
    assert result("v=DMARC1; p=none", envelope="tidewater-other.net") == "fail"
    assert result("v=DMARC1; p=maybe") == "fail"
    assert result(None) == "fail"
    assert domains.organisational("a.b.tidewater.co.uk") == "tidewater.co.uk"


def test_a_sender_that_cannot_be_answered_and_a_lost_way_back_fail() -> None:
    zone = Zoned({
        "null.net": {"MX": ["0 ."]}, "bare.net": {"A": ["192.0.2.1"]}, "good.net": {"MX": ["10 mx.good.net."]},
        "mx.good.net": {"A": ["192.0.2.1"]}, "lost.net": {"MX": ["10 gone.lost.net."]},
    })  # fmt: skip
    answers = [domains.sender_can_receive(name, zone).result for name in ("null.net", "bare.net", "good.net", "nothing.net")]
    assert answers == ["fail", "pass", "pass", "fail"]
    back = [domains.bounces_can_return(name, zone).result for name in ("null.net", "bare.net", "good.net", "lost.net")]
    assert back == ["fail", "fail", "pass", "fail"]


def test_names_that_nobody_can_publish_for_are_known() -> None:
    for name in ("localhost", "example.org", "news.example.com", "a.test", "printer.local", "127.0.0.1", "host", "x.internal"):
        assert is_nobodys(name), name
    for name in (DOMAIN, "example.org.uk", "test.net", "localhost.net"):
        assert not is_nobodys(name), name


def test_a_long_record_is_written_in_pieces_for_a_zone_file() -> None:
    zone = Record("a.net", "TXT", "x" * 300).as_zone
    assert zone == 'a.net. TXT "' + "x" * 255 + '" "' + "x" * 45 + '"'
