"""One reader's mail, read as bytes by Python's own parser."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage
from typing import cast

import pytest

from masthead.common.addresses import BadAddress
from masthead.delivery.rendering import Copy, Reader, Renderer
from masthead.issues.rendering.conditions import CLOSING, opening
from masthead.mail import sealing
from masthead.mail.bulk import BadMail, BulkParts
from masthead.mail.message import Message

PARTS = BulkParts(
    from_name="The Courier", from_address="courier@example.org", reply_to="", subject="News for {{f0}}", text="", html=None,
    list_name="The Courier", list_id="courier.example.org", archive_url="https://news.example.org/issues/",
    help_url="https://news.example.org/", owner="courier@example.org", feedback_id="c1:courier:issue:courier",
    bounce_domain="bounce.example.org", message_domain="example.org", marks=frozenset(), before_token={},
)  # fmt: skip
COPY = Copy(
    parts=PARTS, html_full="<p>full {{f0}} {{f1}} {{view_url}}</p>", html_excerpt="<p>excerpt</p>",
    text_full="full {{f0}} in {{f1}}: {{unsubscribe_url}} {{preferences_url}} {{subscribe_url}} {{address_masked}}\n",
    text_excerpt="excerpt {{view_url}}\n", mail_mode="reader", default_mode="full",
    slots={"f0": {"field": "name", "fallback": "dear reader"}, "f1": {"field": "city", "fallback": "your town"}},
    base_url="https://news.example.org", number=1971, is_test=False,
)  # fmt: skip


def read(reader: Reader, copy: Copy = COPY, *, delivery_id: int = 7) -> EmailMessage:
    message = Renderer(copy).render(reader, delivery_id=delivery_id, date=1_800_000_000)
    return cast(EmailMessage, email.message_from_bytes(message.raw, policy=email.policy.default))


def text(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_merge_fields_are_filled_or_fall_back() -> None:
    known = read(Reader("rosa@example.org", "Rosa", attributes='{"city": "Lyon"}'))
    assert known["Subject"] == "News for Rosa"
    assert "full Rosa in Lyon" in text(known)
    assert "full dear reader in your town" in text(read(Reader("rosa@example.org")))


def test_what_a_reader_wrote_is_text_never_markup_nor_a_second_header() -> None:
    mail = read(Reader("rosa@example.org", "<b>Rosa</b>\r\nBcc: x@example.org", attributes='{"city": {"a": "mapping"}}'))
    assert "&lt;b&gt;Rosa" in text(mail, "html")
    assert mail["Bcc"] is None
    assert "your town" in text(mail)


def test_several_choices_stand_between_commas_and_no_counts_as_missing() -> None:
    assert "full Rosa in Lyon, Nice" in text(read(Reader("rosa@example.org", "Rosa", attributes='{"city": ["Lyon", "Nice"]}')))
    assert "full Rosa in yes" in text(read(Reader("rosa@example.org", "Rosa", attributes='{"city": true}')))
    assert "full Rosa in your town" in text(read(Reader("rosa@example.org", "Rosa", attributes='{"city": false}')))


def test_links_are_this_readers_own() -> None:
    first, second = read(Reader("rosa@example.org")), read(Reader("leo@example.org"), delivery_id=8)
    token = sealing.seal(sealing.UNSUBSCRIBE, 7)
    assert f"https://news.example.org/u/{token}" in text(first)
    assert f"<https://news.example.org/u/{token}>" in first["List-Unsubscribe"]
    assert f"/p/{sealing.seal(sealing.PREFERENCES, 7)}" in text(first)
    assert "r…@example.org" in text(first)
    assert "https://news.example.org/issues/1971/" in text(first, "html")
    assert first["Message-ID"] != second["Message-ID"]
    assert token not in text(second)


def test_personal_links_lead_by_way_of_us_and_only_registered_ones_do() -> None:
    page = '<p><a class="b" href="https://example.org/a?x=1&amp;y=2">one</a> <a href="https://example.org/b">two</a></p>'
    mail = read(
        Reader("rosa@example.org"), replace(COPY, html_full=page, links={"https://example.org/a?x=1&y=2": 3}), delivery_id=7
    )
    shown = text(mail, "html")
    assert f'<a class="b" href="https://news.example.org/l/{sealing.seal(sealing.LINK, 7)}/3">one</a>' in shown
    assert '<a href="https://example.org/b">two</a>' in shown
    assert "/l/" not in text(read(Reader("rosa@example.org"), replace(COPY, html_full=page)), "html")


def test_shared_links_are_alike_in_all_mails_and_the_text_keeps_the_targets() -> None:
    page = '<p><a href="https://example.org/a">one</a> <a href="{{unsubscribe_url}}">leave</a></p>'
    copy = replace(
        COPY, html_full=page, text_full="one: https://example.org/a", links={"https://example.org/a": 1}, link_token="abc"
    )
    rosa, leo = read(Reader("rosa@example.org"), copy), read(Reader("leo@example.org"), copy, delivery_id=8)
    for mail in (rosa, leo):
        assert '<a href="https://news.example.org/l/abc/1">one</a>' in text(mail, "html")
        assert "https://example.org/a" in text(mail)
    assert f"/u/{sealing.seal(sealing.UNSUBSCRIBE, 8)}" in text(leo, "html")


def test_only_readers_who_agreed_have_links_and_a_pixel_of_their_own() -> None:
    page = '<html><body><p><a href="https://example.org/a">one</a></p></body></html>'
    copy = replace(
        COPY,
        html_full=page,
        text_full="one: https://example.org/a",
        links={"https://example.org/a": 1},
        link_token="abc",
        tracks=True,
    )
    rosa, leo = read(Reader("rosa@example.org", is_tracked=True), copy), read(Reader("leo@example.org"), copy, delivery_id=8)
    pixel = f'<img src="https://news.example.org/o/{sealing.seal(sealing.OPENED, 7)}.gif" width="1" height="1" alt=""'
    assert f'<a href="https://news.example.org/l/{sealing.seal(sealing.LINK, 7)}/1">one</a>' in text(rosa, "html")
    assert pixel in text(rosa, "html")
    assert text(rosa, "html").rstrip().endswith("</body></html>")
    assert text(rosa) == text(leo)
    assert '<a href="https://news.example.org/l/abc/1">one</a>' in text(leo, "html")
    assert "<img" not in text(leo, "html")
    # Where nobody is tracked, and in mails of text alone, a consent changes not one byte.
    for other, who in ((replace(copy, tracks=False), {}), (copy, {"mail_format": "text"})):
        made = [
            Renderer(other).render(Reader("rosa@example.org", is_tracked=is_tracked, **who), delivery_id=7, date=1).raw
            for is_tracked in (True, False)
        ]
        assert made[0] == made[1]


def test_what_readers_who_agreed_get_is_compiled_before_the_first_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = Renderer(replace(COPY, tracks=True))
    renderer.compile_all()
    monkeypatch.setattr(renderer, "_compile", None)
    for mail_format in ("html", "text"):
        renderer.render(Reader("rosa@example.org", mail_format=mail_format, is_tracked=True), delivery_id=7, date=1)


@pytest.mark.parametrize("change", ["name", "address", "delivery", "date", "page"])
def test_the_digest_of_a_mail_is_that_of_all_its_bytes(change: str) -> None:
    def made(reader: Reader, copy: Copy = COPY, delivery_id: int = 7, date: int = 1) -> tuple[bytes, bytes]:
        mail = Renderer(copy).render(reader, delivery_id=delivery_id, date=date)
        return mail.digest, mail.raw

    rosa = Reader("rosa@example.org", "Rosa")
    other = {
        "name": lambda: made(rosa._replace(name="Rosa M")),
        "address": lambda: made(rosa._replace(address="rosa@example.com")),
        "delivery": lambda: made(rosa, delivery_id=8),
        "date": lambda: made(rosa, date=2),
        "page": lambda: made(rosa, replace(COPY, html_full="<p>full {{f0}} {{f1}}! {{view_url}}</p>")),
    }[change]()
    assert made(rosa) == made(rosa)
    assert len(made(rosa)[0]) == 16
    assert other[0] != made(rosa)[0]
    assert other[1] != made(rosa)[1]


@pytest.mark.parametrize(
    ("campaign", "reader", "expected"),
    [("full", "excerpt", "full"), ("excerpt", "full", "excerpt"), ("reader", "excerpt", "excerpt"), ("reader", "", "full")],
)
def test_how_much_a_mail_holds(campaign: str, reader: str, expected: str) -> None:
    mail = read(Reader("rosa@example.org", mail_mode=reader), replace(COPY, mail_mode=campaign))
    assert text(mail).startswith(expected)


def test_who_wants_text_gets_text_alone() -> None:
    mail = read(Reader("rosa@example.org", mail_format="text"))
    assert mail.get_content_type() == "text/plain"


def test_a_test_says_so_and_keeps_its_reader() -> None:
    mail = read(Reader("rosa@example.org"), replace(COPY, is_test=True))
    assert mail["Subject"].startswith("[TEST] ")
    assert "rosa@example.org" in mail["To"]


def test_the_same_input_gives_the_same_bytes() -> None:
    render = [Renderer(COPY).render(Reader("rosa@example.org", "Rosa"), delivery_id=7, date=1).raw for _ in range(2)]
    assert render[0] == render[1]


def test_mails_made_together_are_those_made_one_by_one() -> None:
    copy = replace(COPY, links={"https://example.org/a": 1}, html_full=COPY.html_full + '<a href="https://example.org/a">one</a>')
    renderer = Renderer(copy)
    readers = [
        Reader("rosa@example.org", "Rosa", attributes='{"city": "Lyon"}'),
        Reader("leo@example.org", mail_format="text"),
        Reader("nina@example.org", "<Nina>", mail_mode="excerpt"),
        Reader("rosa at home"),
        Reader("ivo@example.org", "Ivo", attributes=""),
        Reader("uma@example.org", attributes='{"city": "line\\u0000break"}'),
    ]
    made = renderer.render_all(readers, delivery_ids=range(6), dates=range(6))
    for number, (mail, reader) in enumerate(zip(made, readers, strict=True)):
        if isinstance(mail, Message):
            assert mail == renderer.render(reader, delivery_id=number, date=number)
        else:
            with pytest.raises(type(mail), match=re.escape(str(mail))):
                renderer.render(reader, delivery_id=number, date=number)
    assert [type(mail) for mail in made] == [Message, Message, Message, BadAddress, Message, BadMail]


@pytest.mark.parametrize("odd", ["Rosa  Luz", " Rosa", "Rosa ", "Rosa\tLuz", "Ro\u00adsa", "Rosa | Luz", "|", "", " ", "\u3000"])
def test_a_name_is_one_line_whoever_stands_beside_it(odd: str) -> None:
    readers = [Reader("leo@example.org", name) for name in ("Leo", odd, "Nina M")]
    mails = Renderer(COPY).render_all(readers, delivery_ids=range(3), dates=range(3))
    subjects = [email.message_from_bytes(cast(Message, mail).raw, policy=email.policy.default)["Subject"] for mail in mails]
    expected = " ".join(odd.split()) or "dear reader"
    assert subjects == ["News for Leo", f"News for {expected}", "News for Nina M"]


def test_an_address_no_mail_can_go_to_is_said() -> None:
    with pytest.raises(BadAddress):
        read(Reader("rosa at home"))


def test_a_part_under_a_condition_reaches_those_who_fulfil_it() -> None:
    part = f"{opening('city is Lyon')}only in Lyon {{{{f0}}}}{CLOSING}"
    copy = replace(COPY, html_full=COPY.html_full + part, text_full="before\n\n" + part + "\n\n" + COPY.text_full)
    there, elsewhere, unknown = (
        read(Reader("rosa@example.org", "Rosa", attributes=attributes), copy)
        for attributes in ('{"city": "lyon"}', '{"city": "Nice"}', "{}")
    )
    for kind in ("plain", "html"):
        assert "only in Lyon Rosa" in text(there, kind)
        assert "only in Lyon" not in text(elsewhere, kind) + text(unknown, kind)
        assert "{{" not in text(there, kind) + text(elsewhere, kind)
    assert text(elsewhere).startswith("before\r\n\r\nfull Rosa")


def test_two_readers_of_the_same_parts_share_a_template() -> None:
    part = f"{opening('member')}for members{CLOSING}"
    renderer = Renderer(replace(COPY, html_full=COPY.html_full + part))
    renderer.compile_all()
    for number, attributes in enumerate(('{"member": true}', '{"member": "yes"}', '{"member": false}', "{}")):
        renderer.render(Reader("rosa@example.org", attributes=attributes), delivery_id=number, date=1_800_000_000)
    assert len(renderer._templates) == 5
