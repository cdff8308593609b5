"""What a finding holds, and what no bytes can do to the reader."""

import random

import pytest

from masthead.bounces.reading import finding, registry
from masthead.bounces.reading.finding import Failure, Finding
from masthead.bounces.reading.parts import MOST_LEVELS, MOST_PARTS, split
from masthead.bounces.reading.reading import read

TOKEN = "abcdefghijklmnopqrstuvwxyz234567ab"

HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 5000,
    "no headers": b"\n\nSorry, user unknown.\n",
    "no end of headers": b"Subject: " + b"x" * 350_000,
    "a line of 350 KB": b"From: mailer-daemon@example.net\n\n" + b"a@" * 175_000,
    "only at signs": b"From: mailer-daemon@example.net\nSubject: failure\n\n" + b"@" * 350_000,
    "open angles": b"Content-Type: text/html\n\n" + b"<" * 350_000,
    "open quotes": b"From: mailer-daemon@example.net\n\n" + b'"@' * 100_000,
    "broken base64": b"Content-Transfer-Encoding: base64\n\n" + b"A=B" * 1001,
    "unknown charset": b"Content-Type: text/plain; charset=klingon\nSubject: =?klingon?q?=FF?=\n\nuser unknown \xff\xfe",
    "an encoded word without end": b"Subject: =?utf-8?b?" + b"A" * 2000 + b"\n\nx",
    "codes without end": b"From: mailer-daemon@example.net\n\n" + b"550 5.1.1 " * 30_000,
    "one field for ever": b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@example.net\n" * 20_000,
    "nested JSON": b'{"notificationType":' + b"[" * 100_000,
    "deep JSON": b'From: a@example.net\n\n{"notificationType":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}",
    "a status of nines": b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.net\nStatus: 9.9.9\n",
}


def nested(levels: int) -> bytes:
    heads = [b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(levels)]
    return b"From: mailer-daemon@example.net\n" + b"".join(heads) + b"\nuser unknown\n"


def many(parts: int) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\nA: b\n\nx\n" * parts + b"--b--\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_bytes_make_the_reader_fail(name: str) -> None:
    found = read(HOSTILE[name])
    assert found.kind in finding.KINDS
    assert found.reason in finding.REASONS


def test_of_fifty_thousand_parts_two_hundred_are_looked_at() -> None:
    assert len(split(many(50_000))[1]) == MOST_PARTS
    assert read(many(50_000)).kind == finding.OTHER


def test_of_a_thousand_levels_twenty_are_looked_at() -> None:
    _headers, parts = split(nested(1000))
    assert max(len(part.within) for part in parts) == MOST_LEVELS
    assert read(nested(1000)).kind in finding.KINDS


def test_a_mail_cut_or_scrambled_anywhere_is_still_read() -> None:
    whole = (
        b"From: mailer-daemon@example.net\nContent-Type: multipart/report; boundary=b\n\n--b\n\nuser unknown\n--b\n"
        b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.1.1\n--b--\n"
    )
    dice = random.Random(1971)
    for _round in range(300):
        data = bytearray(whole[: dice.randrange(len(whole))])
        for _times in range(dice.randrange(8)):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
        assert read(bytes(data)).kind in finding.KINDS


@pytest.mark.parametrize(
    "place",
    [
        "To: b+{token}@bounce.example.org\n\nfailed",
        "To: x@example.org\nDelivered-To: B+{upper}@BOUNCE.EXAMPLE.ORG\n\nfailed",
        "To: x@example.org\n\nReturn-Path: <b+{token}@bounce.example.org>",
        "To: x@example.org\n\n<prvs=1234=b+{token}@bounce.example.org>",
        "To: x@example.org\n\nSRS0=HH=TT=bounce.example.org=b+{token}@relay.example.net",
        "To: x@example.org\nContent-Transfer-Encoding: quoted-printable\n\nReturn-Path: <b+{token}=40bounce.example.org>",
        "To: x@example.org\nContent-Transfer-Encoding: quoted-printable\n\nReturn-Path: <b+{half}=\n{rest}@bounce.example.org>",
        "To: x@example.org\nReceived: from a by b for <b+{token}@bounce.example.org>; now\n\nfailed",
    ],
)
def test_our_token_is_found_wherever_servers_put_it(place: str) -> None:
    mail = place.format(token=TOKEN, upper=TOKEN.upper(), half=TOKEN[:10], rest=TOKEN[10:])
    assert read(mail.encode()).tokens == (TOKEN,)


def test_a_token_inside_an_encoded_part_is_found() -> None:
    from base64 import encodebytes

    inside = encodebytes(f"Return-Path: <b+{TOKEN}@bounce.example.org>\nSubject: x\n\n".encode())
    mail = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inside
    assert read(mail).tokens == (TOKEN,)


def test_what_the_report_itself_is_called_is_not_the_id_of_what_came_back() -> None:
    mail = b"Message-ID: <own@example.net>\nIn-Reply-To: <ours@example.org>\nSubject: failure notice\n\nuser unknown"
    assert read(mail).message_ids == ("ours@example.org",)


def test_every_reason_is_reachable_in_the_tables() -> None:
    from masthead.bounces.reading.phrases import matching

    unspoken = {"delivered", "feedback", "vacation", "undefined"}
    assert {reason for reason, _phrases in matching.TABLES} | unspoken == set(finding.REASONS)


def test_phrases_are_written_as_they_are_searched() -> None:
    from masthead.bounces.reading.phrases import matching

    tables = [table for _reason, table in matching.TABLES if isinstance(table, tuple)]
    assert len(tables) > 30
    for phrases in tables:
        assert [each for each in phrases if each.strip() and matching.flat(each).strip() != each.strip()] == []


@pytest.mark.parametrize(
    "words", ["452 4.2.2 mailbox full", "554 5.7.1 spam", "550 5.1.1 blocked by a blacklist", "5.2.1 disabled"]
)
def test_only_a_dead_address_is_called_dead(words: str) -> None:
    mail = f"From: mailer-daemon@example.net\nSubject: failure notice\n\n<a@example.net>:\n{words}\n"
    assert not read(mail.encode()).dead


@pytest.mark.parametrize(("name", "reason", "dead"), [("bounce.example", "rejected", False), ("", "hostunknown", True)])
def test_a_server_that_lacks_the_senders_domain_says_nothing_of_the_reader(name: str, reason: str, dead: bool) -> None:
    mail = (
        "From: mailer-daemon@mx.example\nSubject: failure notice\n\n"
        f"<a@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.2 unknown domain {name}\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "From: news@bounce.example\nTo: a@example.net\nMessage-ID: <1@bounce.example>\n"
    )
    found = read(mail.encode())
    assert (found.reason, found.dead) == (reason, dead)


def test_readers_can_be_added_before_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_READERS", list(registry.readers()))
    registry.register("ours", lambda document: [Failure("known@example.net", "text", "550 5.1.1 no such user")], before="text")
    found = read(b"From: mailer-daemon@example.net\nSubject: failure notice\n\nSorry, nobody named.\n")
    assert (found.address, found.reader, found.dead) == ("known@example.net", "ours", True)
    with pytest.raises(ValueError, match="already"):
        registry.register("ours", lambda document: [])
    with pytest.raises(ValueError, match="no bounce reader named 'nowhere'"):
        registry.register("late", lambda document: [], before="nowhere")


def test_a_finding_without_codes_says_so_by_empty_words() -> None:
    assert Finding("other").message_id == ""
    assert not Finding("other").permanent
