"""The bytes of an issue mail, read by two parsers."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import html
import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage, Message
from hashlib import sha256
from typing import Any

import pytest

from masthead.common.addresses import normalise
from masthead.mail.bulk import BadMail, BulkParts, BulkTemplate
from masthead.mail.encoding.attachments import Attachment
from masthead.mail.message import Message as Mail
from masthead.mail.message import fault_of

TEXT = "The Courier, No. 1971\n\nDear {{f0}},\n\nthe boats are back.\n\nLeave: {{unsubscribe_url}}\n"
HTML = '<p>Dear {{f0}},</p>\n<p>the boats are back.</p>\n<p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>\n'
FARSI = "قایق‌ها برگشته‌اند. {{f0}} {{unsubscribe_url}}"
PARTS = BulkParts(
    from_name="The Courier",
    from_address="courier@example.org",
    reply_to="editors@example.org",
    subject="The Courier, No. 1971: Boats",
    text=TEXT,
    html=HTML,
    list_name="Weekly edition",
    list_id="weekly.example.org",
    archive_url="https://news.example.org/issues/",
    help_url="https://news.example.org/subscribe/",
    owner="editors@example.org",
    feedback_id="7:2:issue:masthead",
    bounce_domain="bounce.example.org",
    message_domain="news.example.org",
    marks=frozenset({"f0", "unsubscribe_url"}),
    before_token={"unsubscribe_url": "https://news.example.org/u/"},
)
TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcdefg"
URL = f"https://news.example.org/u/{TOKEN}"


def fill(parts: BulkParts = PARTS, to: str = "anna@example.com", name: str = "Anna", **slots: str) -> Mail:
    (mail,) = fill_all(parts, [to], [name], {"f0": ["Anna"], **{mark: [value] for mark, value in slots.items()}})
    return mail


def fill_all(parts: BulkParts, to: Sequence[str], names: Sequence[str], slots: Mapping[str, Sequence[str]]) -> list[Mail]:
    tokens = {"unsubscribe_url": [TOKEN] * len(to)} | {mark: slots[mark] for mark in slots if mark in parts.before_token}
    return BulkTemplate(parts, None).fill(
        names=names,
        addresses=[normalise(each).ascii for each in to],
        dates=[1_767_776_400] * len(to),
        message_tokens=[b"m" * 39] * len(to),
        bounce_tokens=[b"b" * 39] * len(to),
        tokens={mark: [token.encode() for token in column] for mark, column in tokens.items()},
        texts={mark: column for mark, column in slots.items() if mark not in tokens},
    )


def parsed(mail: Mail) -> tuple[Message, EmailMessage]:
    return email.message_from_bytes(mail.raw), email.message_from_bytes(mail.raw, policy=email.policy.default)  # type: ignore[return-value]


def test_the_header_block_is_exactly_this() -> None:
    head = fill().raw.partition(b"\r\n\r\n")[0]
    assert head.decode().split("\r\n") == [
        "From: The Courier <courier@example.org>",
        "To: Anna <anna@example.com>",
        "Subject: The Courier, No. 1971: Boats",
        "Date: Wed, 07 Jan 2026 09:00:00 +0000",
        f"Message-ID: <{'m' * 39}@news.example.org>",
        f"List-Unsubscribe: <{URL}>,",
        f" <mailto:unsub+{TOKEN}@bounce.example.org>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Reply-To: editors@example.org",
        "List-Id: Weekly edition <weekly.example.org>",
        "List-Archive: <https://news.example.org/issues/>",
        "List-Help: <https://news.example.org/subscribe/>",
        "List-Owner: <mailto:editors@example.org>",
        "List-Post: NO",
        "Feedback-ID: 7:2:issue:masthead",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="=_{"m" * 39}"',
    ]


def test_the_envelope_names_the_delivery_and_not_the_reader() -> None:
    mail = fill()
    assert mail.envelope_from == f"b+{'b' * 39}@bounce.example.org"
    assert mail.envelope_to == "anna@example.com"
    assert mail.message_id == f"<{'m' * 39}@news.example.org>"
    assert b"anna@example.com" not in mail.raw.replace(b"To: Anna <anna@example.com>", b"")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert fill().raw == fill().raw


def test_both_parsers_find_a_text_and_an_html_part() -> None:
    for message in parsed(fill()):
        assert message.get_content_type() == "multipart/alternative"
        plain, rich = message.get_payload()
        assert plain.get_payload(decode=True).decode() == TEXT.replace("\n", "\r\n").replace("{{f0}}", "Anna").replace(
            "{{unsubscribe_url}}", URL
        )
        assert rich.get_payload(decode=True).decode() == HTML.replace("\n", "\r\n").replace("{{f0}}", "Anna").replace(
            "{{unsubscribe_url}}", URL
        )
        assert not message.defects and not plain.defects and not rich.defects


def test_a_reader_of_plain_text_gets_one_part() -> None:
    mail = fill(dataclasses.replace(PARTS, html=None))
    for message in parsed(mail):
        assert message.get_content_type() == "text/plain"
        assert message.get_param("format") == "flowed"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "the boats are back." in message.get_payload(decode=True).decode()


@pytest.mark.parametrize(
    ("text", "encoding"), [("The boats are back.\n" * 9, "quoted-printable"), ("قایق‌ها برگشته‌اند.\n" * 9, "base64")]
)
def test_the_shorter_encoding_is_taken_and_never_8bit(text: str, encoding: str) -> None:
    body = "{{f0}} " + text
    mail = fill(dataclasses.replace(PARTS, text=body, html=f"<p>{body}</p>"))
    for part in parsed(mail)[0].get_payload():
        assert part["Content-Transfer-Encoding"] == encoding
    assert mail.raw.isascii()
    assert fault_of(mail) is None
    assert max(map(len, mail.raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


NAMES = [
    "",
    "A",
    "Jo",
    "Anna",
    "Jörg",
    "زهرا",
    "李",
    "a" * 200,
    "x  y",
    " lead",
    "trail ",
    "From here",
    ".dot",
    "=20",
    "日本語" * 40,
    "😀" * 30,
    "<b>&\"'",
    "{{f0}}",
    "=?utf-8?q?evil?=",
    "%s",
    "\u202eevil",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["The boats are back", "قایق‌ها برگشته‌اند"])
@pytest.mark.parametrize("around", ["{{f0}}", "x{{f0}}", "xy{{f0}}y", "xyz{{f0}}{{f0}}", "{{f0}} {{f0}}a", "a{{f0}}b{{f0}}"])
def test_any_value_in_any_place_is_read_back_as_it_was(name: str, language: str, around: str) -> None:
    text = f"{language * 5}\r\n{around}\r\n{language} {around} {language}."
    parts = dataclasses.replace(PARTS, text="x", html=text)
    mail = fill(parts, name=name, f0=name)
    expected = text.replace("{{f0}}", html.escape(name)) + "\r\n"
    for message in parsed(mail):
        assert message.get_payload()[1].get_payload(decode=True).decode() == expected
    assert max(map(len, mail.raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert b"  " not in mail.raw.partition(b"\r\n\r\n")[2]
    assert fault_of(mail) is None


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_a_display_name_is_read_back_as_it_was(name: str) -> None:
    mail = fill(name=name)
    legacy, modern = parsed(mail)
    assert [field for field, _ in legacy.items()] == [field for field, _ in parsed(fill())[0].items()]
    (address,) = modern["To"].addresses
    assert address.addr_spec == "anna@example.com"
    decoded = str(email.header.make_header(email.header.decode_header(legacy["To"].replace("\r\n", ""))))
    if name.strip() == name and "  " not in name:
        # Python 3.11 keeps the blanks between encoded words of a phrase, against RFC 2047 §6.2; its older decoder does not.
        assert address.display_name.replace(" ", "") == name.replace(" ", "")
        assert decoded.removesuffix("<anna@example.com>").strip().strip('"').replace('\\"', '"') == name


def test_a_long_name_and_a_long_address_stand_on_two_lines() -> None:
    name, address = "Anna Maria Theodora of the Lower Estuary", "anna.maria.theodora@lower-estuary.example.com"
    head = fill(name=name, to=address).raw.partition(b"\r\n\r\n")[0].decode()
    assert f"\r\nTo: {name}\r\n <{address}>\r\n" in head


@pytest.mark.parametrize(
    "subject",
    [
        "Boats",
        "قایق‌ها برگشته‌اند، و این بار با خبرهای تازه از بندر و بازار ماهی در هفته‌ای که گذشت",
        "=?utf-8?q?evil?=",
        "a" * 300,
        "word " * 60 + "end",
        "  two blanks  ",
        "😀" * 40,
        'Grüße: 100 % "echt"',
    ],
)
def test_a_subject_is_read_back_as_it_was(subject: str) -> None:
    mail = fill(dataclasses.replace(PARTS, subject=subject))
    legacy, modern = parsed(mail)
    decoded = str(email.header.make_header(email.header.decode_header(legacy["Subject"].replace("\r\n", ""))))
    assert decoded == subject
    assert modern["Subject"] == subject
    assert max(map(len, mail.raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78 or len(URL) + 20 > 78


def test_a_slot_in_the_subject_is_encoded_for_each_reader() -> None:
    parts = dataclasses.replace(PARTS, subject="{{f0}}, the boats are back")
    assert parsed(fill(parts, f0="Jörg"))[1]["Subject"] == "Jörg, the boats are back"
    assert parsed(fill(parts, f0="Anna"))[1]["Subject"] == "Anna, the boats are back"


BREAKS = [
    "a\rb",
    "a\nb",
    "a\r\nBcc: x@example.org",
    "a <x@example.org>\r\nTo: b",
    "a\0b",
    "a\0",
    "a\u2028b",
    "a\u2029b",
    "a\x85b",
    "a\x0bb",
    "a\x1cb",
]


@pytest.mark.parametrize("evil", BREAKS)
def test_a_line_break_is_refused_everywhere(evil: str) -> None:
    with pytest.raises(BadMail):
        fill(name=evil)
    with pytest.raises(BadMail):
        fill(f0=evil)
    for field in ("from_name", "list_name", "subject", "list_id", "archive_url", "help_url", "owner", "feedback_id", "reply_to"):
        with pytest.raises(BadMail):
            fill(dataclasses.replace(PARTS, **{field: evil}))
    for field in ("from_address", "bounce_domain", "message_domain"):
        with pytest.raises(BadMail):
            fill(dataclasses.replace(PARTS, **{field: evil}))


def test_a_line_break_in_the_unsubscribe_link_is_refused() -> None:
    with pytest.raises(BadMail, match="List-Unsubscribe"):
        fill(dataclasses.replace(PARTS, before_token={"unsubscribe_url": "https://example.org/\r\nBcc: x"}))


@pytest.mark.parametrize("token", ["", "a b", "a\r\nBcc: x", "<b>", "A", "a" * 65, "ä", "a\0b"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadMail, match="token"):
        fill(unsubscribe_url=token)


SAME = {
    "plain": ("14dc06c284475d95", "888b129fbb86352852ac31003863e17a"),
    "text alone": ("77a1d33add943e37", "113ace8afbcbf48945201b008597e5d1"),
    "base64": ("4db03d6e932fbc6e", "161d72e251945db2a4066d076a897197"),
    "with a file": ("5f3b45123d9d8fd6", "37012e0d7af211ff23352da7711db971"),
    "told to providers": ("569c10f737728a44", "7db73ef0d0cb19ce754380ee92aae0f6"),
}
CHANGES: dict[str, dict[str, Any]] = {
    "plain": {},
    "text alone": {"html": None},
    "base64": {"text": FARSI, "html": FARSI},
    "with a file": {"attachments": (Attachment("a.txt", "text/plain", b"tides"),)},
    "told to providers": {"providers": ("mailgun",), "subject": "For {{f0}}"},
}


@pytest.mark.parametrize("kind", SAME)
def test_a_mail_that_is_repeated_by_a_newer_version_has_the_bytes_and_the_digest_of_the_first_attempt(kind: str) -> None:
    mail = fill(dataclasses.replace(PARTS, **CHANGES[kind]), name="Jörg <x>", f0="Jörg <x>")
    assert (sha256(mail.raw).hexdigest()[:16], mail.digest.hex()) == SAME[kind]


def test_columns_of_different_lengths_give_no_mail_at_all() -> None:
    both = ["anna@example.com", "rosa@example.com"]
    columns: dict[str, Any] = {
        "names": ["Anna", "Rosa"],
        "addresses": both,
        "dates": [1, 2],
        "message_tokens": [b"m", b"n"],
        "bounce_tokens": [b"b", b"c"],
        "tokens": {"unsubscribe_url": [b"u", b"v"]},
        "texts": {"f0": ["Anna", "Rosa"]},
    }
    template = BulkTemplate(PARTS, None)
    assert len(template.fill(**columns)) == 2
    for which, column in columns.items():
        short = {mark: values[:1] for mark, values in column.items()} if isinstance(column, dict) else column[:1]
        with pytest.raises(ValueError, match=r"shorter|longer"):
            template.fill(**{**columns, which: short})


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BadMail, match="'f0'"):
        fill_all(PARTS, ["anna@example.com"], [""], {})


@pytest.mark.parametrize("start", ["https://news.example.org/u/", "https://" + "a" * 25 + ".org/", "x'&", ".", "From "])
@pytest.mark.parametrize("language", ["The boats are back", "قایق‌ها برگشته‌اند"])
def test_a_token_stands_behind_what_is_before_it(start: str, language: str) -> None:
    body = f"{language}. " * 9 + "{{own}} {{unsubscribe_url}}"
    parts = dataclasses.replace(
        PARTS,
        text=body,
        html=body,
        marks=frozenset({"own", "unsubscribe_url"}),
        before_token={**PARTS.before_token, "own": start},
    )
    mail = fill(parts, own=TOKEN)
    assert not re.search(rb"\r\n(?:\.|From )", mail.raw)
    assert max(map(len, mail.raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    for part in parsed(mail)[0].get_payload():
        said = part.get_payload(decode=True).decode().rstrip()
        expected = f"{start}{TOKEN} {URL}"
        assert said.endswith(expected if part.get_content_type() == "text/plain" else html.escape(expected))


@pytest.mark.parametrize("text", [TEXT, FARSI])
@pytest.mark.parametrize("subject", ["Boats", "{{f0}}, the boats are back"])
def test_mails_made_together_are_those_made_one_by_one(text: str, subject: str) -> None:
    parts = dataclasses.replace(PARTS, text=text, subject=subject)
    names = [name for name in NAMES if "\u202e" not in name]
    to = [f"reader{number}@example.com" for number in range(len(names))]
    together = fill_all(parts, to, names, {"f0": names})
    assert together == [fill(parts, to=address, name=name, f0=name) for address, name in zip(to, names, strict=True)]
    assert len({mail.digest for mail in together}) == len(names)


@pytest.mark.parametrize("odd", ["O'Brien & Sons", "Jörg", "", "a=b", "From here", ".", "x" * 76])
def test_one_odd_value_changes_nothing_in_the_mails_of_the_others(odd: str) -> None:
    usual = [f"Anna {number}" for number in range(8)]
    names = [*usual[:4], odd, *usual[4:]]
    to = [f"reader{number}@example.com" for number in range(len(names))]
    for text in (TEXT, FARSI):
        parts = dataclasses.replace(PARTS, text=text)
        together = fill_all(parts, to, names, {"f0": names})
        del together[4]
        alone = fill_all(parts, [*to[:4], *to[5:]], usual, {"f0": usual})
        assert together == alone


def test_a_slot_that_nobody_fills_stops_the_compilation() -> None:
    with pytest.raises(BadMail, match="first_name"):
        fill(dataclasses.replace(PARTS, html="<p>{{first_name}}</p>"))


def test_domains_in_other_scripts_travel_as_a_labels() -> None:
    parts = dataclasses.replace(
        PARTS, from_address="post@büro.example", bounce_domain="büro.example", message_domain="büro.example"
    )
    mail = fill(parts, to="anna@straße.example")
    assert b"<post@xn--bro-hoa.example>" in mail.raw
    assert mail.envelope_to == "anna@xn--strae-oqa.example"
    assert mail.envelope_from.endswith("@xn--bro-hoa.example")
    assert mail.raw.isascii()


def test_a_local_part_in_another_script_needs_smtputf8_and_is_not_encoded() -> None:
    mail = fill(to="jörg@example.com")
    assert mail.needs_smtputf8
    assert "To: Anna <jörg@example.com>\r\n".encode() in mail.raw
    assert fault_of(mail) is None


def test_no_line_of_a_body_begins_with_a_dot_or_a_mailbox_separator() -> None:
    mail = fill(dataclasses.replace(PARTS, text=".x\nFrom here\n" * 3, html=".x\nFrom here\n" * 3), f0=".")
    assert not re.search(rb"\r\n(?:\.|From )", mail.raw)


@pytest.mark.parametrize(
    ("name", "seen"),
    [("Timetable 2027.pdf", "Timetable 2027.pdf"), ("جدول.pdf", "جدول.pdf"), ("a/../b\r\nX: y.pdf", "a..bX y.pdf")],
)
def test_a_file_goes_along_with_every_mail(name: str, seen: str) -> None:
    data = bytes(range(256)) * 40
    parts = dataclasses.replace(PARTS, attachments=(Attachment(name, "application/pdf", data),))
    mail = fill(parts)
    _, read = parsed(mail)
    assert read.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in read.iter_parts()] == ["multipart/alternative", "application/pdf"]
    (attached,) = read.iter_attachments()
    assert attached.get_filename() == seen
    assert attached.get_content() == data
    body = read.get_body(("html",))
    assert body is not None
    assert "Dear Anna" in body.get_content()
    assert not read.defects
    assert fault_of(mail._replace(sound=False)) is None
    assert not re.search(rb"(?m)^\.", mail.raw)
    assert mail.digest != fill().digest


def test_a_file_goes_along_with_mails_of_text_alone() -> None:
    parts = dataclasses.replace(PARTS, html=None, attachments=(Attachment("a.txt", "text/plain", b"tides"),))
    _, read = parsed(fill(parts))
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/plain"]
