"""The whole examination, against a DNS server, a relay and a web host of the tests' own."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from masthead.cli.commands.doctor import doctor
from masthead.common.fetching import FetchError, Page
from masthead.mail.transports.base import Step
from masthead.ops.doctor import web
from masthead.ops.doctor.dns import SystemResolver, Unanswered
from masthead.ops.doctor.examining import Outside, examine
from masthead.ops.doctor.rows import Record, Row
from masthead.web.hooks.one_click import one_click
from tests.servers.names import Zoned, name_server

pytestmark = pytest.mark.django_db
DOMAIN = "tidewater-courier.net"
ZONE = {
    DOMAIN: {"TXT": ['"v=spf1 ip4:203.0.113.7 -all"', '"something-else"'], "MX": [f"10 mx.{DOMAIN}."]},
    f"mx.{DOMAIN}": {"A": ["203.0.113.7"]},
    f"_dmarc.{DOMAIN}": {"TXT": ['"v=DMARC1; p=quarantine"']},
    f"long.{DOMAIN}": {"TXT": ['"one " "two"']},
    f"broken.{DOMAIN}": {"SERVFAIL": []},
    "203.0.113.7": {"PTR": [f"mx.{DOMAIN}"]},
    "7.113.0.203.in-addr.arpa": {"PTR": [f"mx.{DOMAIN}."]},
}


@pytest.fixture
def bulletin(publication: Any, settings: Any) -> Any:
    publication.from_address, publication.base_url = f"courier@{DOMAIN}", f"https://{DOMAIN}"
    publication.save()
    settings.SMTP_URL = f"smtp://mx.{DOMAIN}:587"
    return publication


def outside(now: datetime, **changes: Any) -> Outside:
    return Outside(**{
        "resolver": Zoned(ZONE),
        "certificate_end": lambda host, port: now + timedelta(days=60),
        "post": lambda url, form: Page(url, 200, {}, b"Unsubscribed.\n"),
        "probe": lambda config: [Step("connect", True, "Connected."), Step("tls", True, "Encrypted.")],
        **changes,
    })  # fmt: skip


def results(rows: list[Row]) -> dict[str, str]:
    return {row.check: row.result for row in rows}


def test_a_well_kept_bulletin_passes_and_what_nobody_sees_is_not_called_good(bulletin: Any, now: datetime) -> None:
    found = results(examine(publications=[bulletin], outside=outside(now), now=now))
    assert found == {
        "sender": "pass", "spf": "pass", "ptr": "pass", "dkim": "unchecked", "dmarc": "pass",
        "certificate": "pass", "one-click": "pass",
        "connect": "pass", "tls": "pass", "bounce-mx": "pass", "door": "unchecked",
    }  # fmt: skip


def test_only_a_mail_server_on_this_machine_is_asked_what_it_calls_itself(bulletin: Any, now: datetime, settings: Any) -> None:
    def probe(_config: Any) -> list[Step]:
        return [Step("connect", True, "Connected.", server="mx.elsewhere.net")]

    assert "helo" not in results(examine(publications=[bulletin], outside=outside(now, probe=probe), now=now))
    settings.SMTP_URL = "smtp://127.0.0.1:25"
    here = Zoned({**ZONE, DOMAIN: {**ZONE[DOMAIN], "A": ["203.0.113.7"]}})
    (row,) = [
        each
        for each in examine(publications=[bulletin], outside=outside(now, probe=probe, resolver=here), now=now)
        if each.check == "helo"
    ]
    assert (row.result, row.publish) == ("fail", Record("mx.elsewhere.net", "A", "203.0.113.7"))


def test_a_resolver_that_fails_is_neither_good_nor_bad(bulletin: Any, now: datetime) -> None:
    silent = Zoned(ZONE, silent={DOMAIN, f"_dmarc.{DOMAIN}"})
    found = results(examine(publications=[bulletin], outside=outside(now, resolver=silent), now=now))
    assert {found[name] for name in ("sender", "spf", "dmarc", "bounce-mx")} == {"unknown"}


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Page("", 301, {"location": "https://www.x.net/"}, b""), "fail"),
        (Page("", 403, {}, b"Forbidden"), "fail"),
        (Page("", 200, {}, b"<html>Just a moment</html>"), "fail"),
        (FetchError("forbidden", "own network"), "unchecked"),
        (FetchError("time", "took too long"), "unknown"),
        (FetchError("tls", "no certificate"), "fail"),
    ],
)
def test_a_post_that_does_not_get_through_is_told(bulletin: Any, now: datetime, answer: Any, result: str) -> None:
    def post(url: str, form: bytes) -> Page:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    assert results(examine(publications=[bulletin], outside=outside(now, post=post), now=now))["one-click"] == result


def test_certificates_that_end_soon_do_not_hold_or_are_not_seen_are_told_apart(bulletin: Any, now: datetime) -> None:
    def asking(answer: Any) -> str:
        def end(host: str, port: int) -> datetime:
            if isinstance(answer, Exception):
                raise answer
            return answer  # type: ignore[no-any-return]

        return results(examine(publications=[bulletin], outside=outside(now, certificate_end=end), now=now))["certificate"]

    assert asking(now + timedelta(days=13)) == "fail"
    assert asking(web.CertificateError("expired")) == "fail"
    assert asking(web.NotPublic()) == "unchecked"


def test_the_post_of_the_doctor_is_what_one_click_answers_and_changes_nothing(bulletin: Any, rf: Any, now: datetime) -> None:
    def post(url: str, form: bytes) -> Page:
        request = rf.post(url, form, content_type="application/x-www-form-urlencoded")
        answer = one_click(request, url.rpartition("/")[2])
        return Page(url, answer.status_code, {}, answer.content)

    assert web.one_click_works(f"https://{DOMAIN}", post).result == "pass"


def test_an_install_for_examples_asks_nobody(publication: Any, now: datetime, settings: Any) -> None:
    settings.SMTP_URL = ""

    def nobody(*_args: object) -> Any:
        raise AssertionError("asked")

    asked = Outside(resolver=nobody, certificate_end=nobody, post=nobody, probe=nobody)
    rows = examine(publications=[publication], outside=asked, now=now)
    assert {row.result for row in rows} == {"unchecked"}
    assert all(row.words for row in rows)


def test_a_real_server_is_asked_on_the_wire(bulletin: Any, now: datetime, settings: Any) -> None:
    with name_server(ZONE) as server:
        settings.DNS_SERVERS = [server]
        resolver = SystemResolver([server])
        assert resolver.txt(f"long.{DOMAIN}") == ["one two"]
        assert resolver.mx(DOMAIN) == [(10, f"mx.{DOMAIN}")]
        assert resolver.addresses(f"mx.{DOMAIN}") == ["203.0.113.7"]
        assert resolver.names_of("203.0.113.7") == [f"mx.{DOMAIN}"]
        assert resolver.txt(f"nothing.{DOMAIN}") == []
        with pytest.raises(Unanswered):
            resolver.txt(f"broken.{DOMAIN}")
        found = results(examine(publications=[bulletin], outside=outside(now, resolver=resolver), now=now))
    assert (found["spf"], found["dmarc"], found["bounce-mx"]) == ("pass", "pass", "pass")


def test_the_command_prints_a_line_each_and_ends_with_1_if_something_fails(
    publication: Any, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMTP_URL = ""
    result = CliRunner().invoke(doctor, [])
    assert result.exit_code == 0, result.output
    assert "-     certificate" in result.output
    publication.from_address = f"courier@{DOMAIN}"
    publication.save()
    with name_server({DOMAIN: {"A": ["203.0.113.7"]}}) as server:
        settings.DNS_SERVERS = [server]
        result = CliRunner().invoke(doctor, ["--json"])
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    (row,) = [each for each in rows if each["check"] == "dmarc"]
    assert row["result"] == "fail"
    assert row["publish"]["zone"] == f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=none; rua=mailto:courier@{DOMAIN}"'


def test_the_desk_shows_what_to_publish_with_buttons_to_copy_it(owner_of_desk: Client, publication: Any, settings: Any) -> None:
    settings.SMTP_URL = ""
    publication.from_address = f"courier@{DOMAIN}"
    publication.save()
    page = owner_of_desk.get(reverse("desk_doctor")).content.decode()
    assert reverse("desk_doctor_findings") in page
    with name_server({DOMAIN: {"A": ["203.0.113.7"]}}) as server:
        settings.DNS_SERVERS = [server]
        for answer in (owner_of_desk.get(reverse("desk_doctor_findings")), owner_of_desk.get(reverse("desk_doctor") + "?look")):
            page = answer.content.decode()
            assert "v=DMARC1; p=none; rua=mailto:courier@tidewater-courier.net" in page
            assert "things are wrong" in page
            copied = re.findall(r'data-copy="#([^"]+)"', page)
            assert copied
            assert all(page.count(f'id="{each}"') == 1 for each in copied)


@pytest.fixture
def owner_of_desk(client: Client, owner: Any) -> Client:
    client.force_login(owner)
    return client
