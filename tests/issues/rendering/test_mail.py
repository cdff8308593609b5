"""The rules of a mail's HTML, each on the bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Content, Picture
from masthead.issues.rendering import colours
from masthead.issues.rendering.edition import RESERVED_SLOTS, Rendered, render
from tests.issues.rendering.samples import ENGLISH, FORTY_NOTES, PERSIAN, THIRTY_PICTURES, WHOLE

RENDERED = {name: render(content) for name, content in WHOLE.items()}
MAILS = [
    pytest.param(mail, id=f"{name}-{mode}")
    for name, done in RENDERED.items()
    for mode, mail in (("full", done.mail_html_full), ("excerpt", done.mail_html_excerpt))
]


class Page(HTMLParser):
    """The elements of a document with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def body_of(html: str) -> str:
    return html.split("<body", 1)[1]


@pytest.mark.parametrize("mail", MAILS)
def test_the_one_kept_style_block_is_small_and_the_rest_is_inline(mail: str) -> None:
    styles = re.findall(r"<style[^>]*>(.*?)</style>", mail, re.DOTALL)

    assert len(styles) == 1
    assert len(styles[0].encode()) <= 4096
    assert styles[0].count("prefers-color-scheme") == 1
    used = {name for attributes in Page(body_of(mail)).elements for name in attributes[1].get("class", "").split()}
    assert all(name.startswith("m-") for name in used)


@pytest.mark.parametrize("mail", MAILS)
def test_nothing_is_used_that_gmail_or_outlook_do_not_know(mail: str) -> None:
    page = Page(mail)
    forbidden = {
        "section",
        "article",
        "picture",
        "svg",
        "form",
        "input",
        "script",
        "video",
        "iframe",
        "link",
        "button",
        "aside",
        "figure",
    }

    assert not forbidden & {name for name, _attributes in page.elements}
    assert not re.search(r"srcset|var\(|light-dark\(|@font-face|@import|url\(|position:|display:\s*(flex|grid)", mail)


@pytest.mark.parametrize("mail", MAILS)
def test_no_pure_black_and_no_pure_white(mail: str) -> None:
    assert not re.search(r"#(000|fff)(000|fff)?\b", mail, re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "language", "direction", "start"), [("english", "en", "ltr", "left"), ("persian", "fa", "rtl", "right")]
)
def test_language_and_direction_stand_on_html_and_on_the_wrapper(name: str, language: str, direction: str, start: str) -> None:
    page = Page(RENDERED[name].mail_html_full)

    for element in (page.all("html")[0], page.all("div")[0]):
        assert (element["lang"], element["dir"]) == (language, direction)
    headline = page.all("h1")[0]
    assert f"text-align:{start}" in headline["style"]
    assert not re.search(r":\s*(start|end)\b", RENDERED[name].mail_html_full)


@pytest.mark.parametrize("mail", MAILS)
def test_every_picture_has_its_size_and_its_words_and_comes_from_our_host(mail: str) -> None:
    for image in Page(mail).all("img"):
        assert image["src"].startswith("https://courier.example/")
        assert 0 < int(image["width"]) <= 600
        assert int(image["height"]) > 0
        assert "alt" in image


@pytest.mark.parametrize("mail", MAILS)
def test_every_link_is_absolute_and_none_leads_into_the_mail(mail: str) -> None:
    for link in Page(mail).all("a"):
        assert re.match(r"https://|mailto:\?|\{\{[a-z_]+_url\}\}$", link["href"]), link["href"]
        assert "id" not in link


@pytest.mark.parametrize("mail", MAILS)
def test_tables_of_the_layout_are_hidden_from_screen_readers_and_the_ghost_table_is_closed(mail: str) -> None:
    data = [table for table in Page(mail).all("table") if table.get("role") != "presentation"]

    assert len(data) == body_of(mail).count("<thead>")
    assert mail.count("<!--[if mso]>") == mail.count("<![endif]-->") == 3


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_can_be_left_and_read_elsewhere(mail: str) -> None:
    for slot in RESERVED_SLOTS:
        assert f"{{{{{slot}}}}}" in mail


def test_the_preview_line_is_first_and_followed_by_filler() -> None:
    body = body_of(RENDERED["english"].mail_html_full)

    hidden = body[: body.index("<table")]
    assert "display:none" in hidden
    assert "For thirty-one autumns" in hidden
    assert hidden.count("\N{COMBINING GRAPHEME JOINER}") >= 50


def test_the_masthead_says_name_number_date_and_issn() -> None:
    page = RENDERED["english"].mail_html_full

    for words in ("The Tidewater Courier", "Letters from a small coast", "No. 1971", "22 November 2026", "ISSN 1234-5679"):
        assert words in page
    assert page.count("<h1") == 1


def test_a_persian_mail_speaks_persian() -> None:
    mail = RENDERED["persian"].mail_html_full

    for words in ("شمارهٔ ۱۹۷۰", "۲۴ آبان ۱۴۰۵", "نوشتهٔ مارن اولدفیلد", "لغو اشتراک", "دیدن در وب"):
        assert words in mail
    assert "Unsubscribe" not in mail
    assert "ادامهٔ شمارهٔ ۱۹۷۰ را بخوانید" in RENDERED["persian"].mail_html_excerpt


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("N° 1971", "Se désabonner", "22 novembre 2026")),
        ("es", ("N.º 1971", "Darse de baja")),
        ("de", ("Nr. 1971", "Abbestellen")),
        ("ar", ("العدد ١٩٧١", "إلغاء الاشتراك")),
        ("pt", ("No. 1971", "Unsubscribe")),
    ],
)
def test_fixed_words_are_in_the_language_of_the_issue_or_english(language: str, words: tuple[str, ...]) -> None:
    mail = render(replace(ENGLISH, language=language)).mail_html_full

    assert all(word in mail for word in words)


def test_an_excerpt_ends_at_the_divider_and_leads_to_the_rest() -> None:
    mail = RENDERED["english"].mail_html_excerpt

    assert "Three lines from forty-four notebooks" in mail
    assert "A song from the lamp room" not in mail
    assert 'href="https://courier.example/issues/1971/#more"' in mail
    assert "Continue reading No. 1971" in mail


def test_without_a_divider_the_excerpt_stands_for_the_text() -> None:
    mail = RENDERED["persian"].mail_html_excerpt

    assert mail.count("سی‌ویک پاییز") == 2  # as preview line and as text
    assert 'href="https://courier.example/issues/1970/"' in mail


def test_numbers_of_notes_lead_to_the_web_page() -> None:
    mail = RENDERED["forty_notes"].mail_html_full

    assert 'href="https://courier.example/issues/1972/#note-40"' in mail
    assert mail.index("Door 1 was") < mail.index("Door 2 was") < mail.index("Door 40 was")


def test_sharing_begins_with_facebook_and_carries_no_reader() -> None:
    links = [link["href"] for link in Page(RENDERED["english"].mail_html_full).all("a")]
    shared = [link for link in links if "sharer" in link or "wa.me" in link or link.startswith("mailto:")]

    assert shared[0].startswith("https://www.facebook.com/sharer/")
    assert not any("{{" in link for link in shared)


@pytest.mark.parametrize("visibility", ["readers", "unlisted", "mail_only"])
def test_what_is_not_public_is_not_offered_for_sharing(visibility: str) -> None:
    mail = render(replace(ENGLISH, visibility=visibility)).mail_html_full

    assert "facebook.com/sharer" not in mail


def test_a_mail_without_a_page_does_not_lead_to_one() -> None:
    mail = render(replace(ENGLISH, visibility="mail_only")).mail_html_full

    assert "{{view_url}}" not in mail
    assert "#note-" not in mail


def test_merge_fields_become_marks_and_written_marks_do_not() -> None:
    done = render(
        replace(
            ENGLISH,
            body=(TextBlock('<p>{{ city | "there" }} {{unsubscribe_url}} {{f0}}</p>'),),
            subject='{{ name | "You" }}: news',
        )
    )

    assert done.slots == {"f0": {"field": "name", "fallback": "You"}, "f1": {"field": "city", "fallback": "there"}}
    assert done.subject == "{{f0}}: news"
    assert '<p style="margin:0 0 18px">{{f1}} &#123;{unsubscribe_url}} &#123;{f0}}</p>' in done.mail_html_full
    assert done.mail_html_full.count("{{unsubscribe_url}}") == 1
    assert "{{" not in done.web_html.replace("{{unsubscribe_url}} {{f0}}", "")


def hostile(words: str) -> Content:
    return replace(
        ENGLISH,
        title=words,
        label=words,
        excerpt=words,
        byline=words,
        lead_caption=words,
        correction_note=words,
        masthead=replace(ENGLISH.masthead, name=words, tagline=words, line=words, issn=words, imprint=words),
    )


@pytest.mark.parametrize(
    "words",
    [
        '<script>alert(1)</script>"><img src=x onerror=alert(1)>',
        "</title><style>*{}</style>",
        "{{f9}}{{zzz}}",
        "\u202e\x00x" * 99,
    ],
)
def test_no_field_can_bring_markup_or_marks(words: str) -> None:
    done = render(hostile(words))

    for html in (done.mail_html_full, done.mail_html_excerpt, done.web_html, done.feed_html):
        page = Page(html)
        assert not {"script"} & {name for name, _attributes in page.elements}
        assert not any(name.startswith("on") for _tag, attributes in page.elements for name in attributes)
        assert "\u202e" not in html
        assert "\x00" not in html
    assert set(re.findall(r"\{\{(\w+)\}\}", done.mail_html_full + done.text_full)) == {*RESERVED_SLOTS, "f0"}
    assert "{{" not in done.subject
    assert "\n" not in done.subject


def test_words_that_look_like_attributes_stay_words() -> None:
    mail = render(replace(ENGLISH, body=(TextBlock('<p>write class="intro" style="color: red"; so</p>'),))).mail_html_full

    assert 'write class="intro" style="color: red"; so' in mail.replace("&quot;", '"')


def test_fifteen_hundred_words_fit_into_25_kilobytes() -> None:
    paragraph = "<p>" + "A word about the sea and what it brings to those who wait for it. " * 8 + "</p>"

    mail = render(replace(ENGLISH, body=(TextBlock(paragraph * 13),))).mail_html_full

    assert len(mail.encode()) <= 25_000


def test_a_wide_picture_is_shown_in_the_column_and_a_narrow_one_as_it_is() -> None:
    def image(width: int) -> dict[str, str]:
        lead = Picture(url="https://courier.example/m/x.jpg", width=width, height=width // 2, alt="A pier")
        return Page(render(replace(ENGLISH, body=(), lead_image=lead)).mail_html_full).all("img")[0]

    assert (image(1200)["width"], image(1200)["height"]) == ("536", "268")
    assert (image(400)["width"], image(400)["height"]) == ("400", "200")
    assert "max-width:400px" in image(400)["style"]


def test_the_same_content_gives_the_same_bytes() -> None:
    def parts(content: Content) -> Rendered:
        return render(content)

    for content in (ENGLISH, PERSIAN, FORTY_NOTES, THIRTY_PICTURES):
        assert parts(content) == parts(content)


@pytest.mark.parametrize("mail", MAILS)
def test_every_word_is_recoloured_by_night(mail: str) -> None:
    for tag, attributes in Page(body_of(mail)).elements:
        names, style = attributes.get("class", ""), attributes.get("style", "")
        if f"color:{colours.QUIET}" in re.sub(r"border[^;]*", "", style) and tag != "a":
            assert "m-quiet" in names, (tag, style)
        if f";color:{colours.INK}" in style:
            assert "m-ink" in names or tag in {"h2", "h3", "pre", "blockquote"}, (tag, style)
