"""The card of an issue: right in every script, never in the way of a freeze."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageChops, features

from masthead.issues import freezing, frozen_files, lettering, share_card

WORDS = {
    "name": "The Courier",
    "number": "No. 1971",
    "date": "20 November 2026",
    "title": "Tides and ferries",
    "host": "courier.example",
    "accent": "#1d4e89",
    "rtl": False,
}


def ink(card: Any, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Where in `box` something is drawn."""
    part = card.crop(box)
    found: tuple[int, int, int, int] | None = ImageChops.difference(part, Pillow.new("RGB", part.size, "#fffefc")).getbbox()
    return found


NAME = (0, 60, share_card.WIDTH, 140)
TITLE = (0, 215, share_card.WIDTH, 530)


def test_the_machine_that_draws_can_join_arabic_letters() -> None:
    assert features.check("raqm")


def test_a_card_is_drawn_for_words_alone() -> None:
    kept = share_card.freeze(**WORDS)
    with Pillow.open(frozen_files.path_of(kept.name)) as card:
        assert card.size == (1200, 630)
    assert kept.size < 60_000
    assert share_card.freeze(**WORDS) == kept


def test_a_headline_begins_at_its_own_side() -> None:
    left, _, right, _ = ink(share_card.draw(**WORDS), TITLE)
    assert left < 80
    assert right < 1000
    persian = share_card.draw(**WORDS | {"title": "جزر و مد", "rtl": True})
    left, _, right, _ = ink(persian, TITLE)
    assert left > 500
    assert right > 1120


def test_persian_letters_are_joined() -> None:
    apart = sum(lettering.width(letter, size=60, rtl=True) for letter in "کشتی")
    assert lettering.width("کشتی", size=60, rtl=True) < apart * 0.9


@pytest.mark.parametrize(
    ("text", "rtl", "expected"),
    [
        ("Ferry سفر home", False, ["Ferry ", "سفر", " home"]),
        ("سفر Ferry خانه", True, [" خانه", "Ferry", "سفر "]),
        ("شماره ۱۲ روز", True, [" روز", "۱۲", "شماره "]),
        ("Нева and Ferry", False, ["Нева and Ferry"]),
    ],
)
def test_a_mixed_line_stands_in_the_order_it_is_read(text: str, rtl: bool, expected: list[str]) -> None:
    assert [run.text for run in lettering.in_order(text, rtl=rtl)] == expected


@pytest.mark.parametrize("text", ["Żółć ğüşñ ễ", "Приливы и паромы", "Παλίρροιες", "گچ‌پژ ئۇيغۇر", "“No. 1” – € …"])
def test_the_fonts_hold_the_scripts_they_should(text: str) -> None:
    lettering.check(text)


def test_letters_that_no_font_holds_are_left_out_and_the_rest_stands() -> None:
    with pytest.raises(lettering.NoLetters, match="港"):
        lettering.check("港の便り")
    card = share_card.draw(**WORDS | {"title": "港の便り", "name": "港"})
    assert ink(card, (0, 160, 1200, 190)) is not None
    assert ink(card, NAME) is None
    # In the title's place stands what can be drawn.
    assert ink(card, TITLE) == ink(share_card.draw(**WORDS | {"title": WORDS["number"]}), TITLE)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("🚢🎉 Ferry party 🎉", "Ferry party"),
        ("Tides 👩🏽‍🚒 and 🇫🇷 ferries ❤️", "Tides and ferries"),
        ("🚢🎉", "The Courier"),
        ("می‌شود 🚢", "می‌شود"),
    ],
)
def test_emoji_do_not_cost_the_headline(title: str, shown: str) -> None:
    card = share_card.draw(**WORDS | {"title": title})
    assert ImageChops.difference(card, share_card.draw(**WORDS | {"title": shown})).getbbox() is None
    assert ink(card, TITLE) is not None


@pytest.mark.parametrize("title", ["word " * 60, "W" * 300, "کشتی " * 60])
def test_the_longest_headline_stays_inside(title: str) -> None:
    card = share_card.draw(**WORDS | {"title": title, "name": "N" * 150, "rtl": title[0] == "ک"})
    left, _, right, _ = ink(card, (0, 0, 1200, 630))
    assert left >= 60
    assert right <= 1140
    assert ink(card, (0, 545, 1200, 560)) is None  # between the headline and the foot


@pytest.mark.django_db
def test_freezing_makes_the_card_and_the_head_names_it(issue: Any, now: Any) -> None:
    edition = freezing.freeze(issue=issue, by="system", now=now)
    shown = edition.head["share_image"]
    assert (shown["width"], shown["height"]) == (1200, 630)
    assert shown["alt"] == "The Courier No. 1971: The ferry is back"
    name = shown["url"].rpartition("/")[2]
    assert edition.assets.filter(name=name).exists()
    assert frozen_files.path_of(name)


@pytest.mark.django_db
def test_the_lead_picture_stands_on_the_card(make_issue: Any, library_image: Any, now: Any) -> None:
    issue = make_issue(lead_image=library_image(), lead_image_alt="The green ferry.")
    edition = freezing.freeze(issue=issue, by="system", now=now)
    with Pillow.open(BytesIO(frozen_files.path_of(edition.head["share_image"]["url"].rpartition("/")[2]).read_bytes())) as card:
        assert card.size == (1200, 630)
        assert card.format == "JPEG"
