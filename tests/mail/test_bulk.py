"""The bytes of an issue mail, read by two parsers."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from email.message import EmailMessage, Message

import pytest

from masthead.common.addresses import normalise
from masthead.mail.bulk import BadMail, BulkParts, BulkTemplate
from masthead.mail.encoding.attachments import Attachment
from masthead.mail.message import Message as Mail
from masthead.mail.message import fault_of

TEXT = "The Courier, No. 1971\n\nDear {{f0}},\n\nthe boats are back.\n\nLeave: {{unsubscribe_url}}\n"
HTML = '<p>Dear {{f0}},</p>\n<p>the boats are back.</p>\n<p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>\n'
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
)
URL = "https://news.example.org/u/abcdefghijklmnopqrstuvwxyz234567abcdefg"


def fill(parts: BulkParts = PARTS, to: str = "anna@example.com", name: str = "Anna", **slots: str) -> Mail:
    return BulkTemplate(parts, None).fill(
        to_name=name,
        to_address=normalise(to),
        date=1_767_776_400,
        message_token="m" * 39,
        bounce_token="b" * 39,
        unsubscribe_url=URL,
        unsubscribe_mailto="unsub+abc@bounce.example.org",
        slots={"f0": "Anna", "unsubscribe_url": URL, **slots},
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
        " <mailto:unsub+abc@bounce.example.org>",
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
    import html

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


BREAKS = ["a\rb", "a\nb", "a\r\nBcc: x@example.org", "a\0b", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x1cb"]


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
        BulkTemplate(PARTS, None).fill(
            to_name="",
            to_address=normalise("anna@example.com"),
            date=0,
            message_token="m",
            bounce_token="b",
            unsubscribe_url="https://example.org/\r\nBcc: x",
            unsubscribe_mailto="u@example.org",
            slots={"f0": "", "unsubscribe_url": ""},
        )


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BadMail, match="'f0'"):
        BulkTemplate(PARTS, None).fill(
            to_name="",
            to_address=normalise("anna@example.com"),
            date=0,
            message_token="m",
            bounce_token="b",
            unsubscribe_url=URL,
            unsubscribe_mailto="u@example.org",
            slots={},
        )


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
