"""The front page, the archive and what is at no address."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from masthead.issues.content import Person, Picture
from masthead.issues.models import TakenNumber
from masthead.web.middleware import STRICT
from tests.web.conftest import PUBLISHED
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db


def test_before_the_first_publication_there_is_a_friendly_page(visitor: Client, db: None) -> None:
    assert "Nothing here yet" in words(visitor.get("/"))


def test_before_the_first_issue_one_can_subscribe(visitor: Client, publication: Any) -> None:
    page = parsed(visitor.get("/"))
    assert page.select_one("form[action='/subscribe/'] input[name=address]")


def test_the_front_page_shows_the_newest_issue_and_those_before_it(visitor: Client, publish: Any) -> None:
    for number in range(1960, 1972):
        publish(number, f"Headline {number}", slug=f"s{number}")
    page = parsed(visitor.get("/"))
    assert page.select_one(".lead h2").get_text() == "Headline 1971"
    assert len(page.select(".teaser")) == 6
    assert page.select_one("h1").get_text() == "The Courier"


def test_pictures_show_whatever_host_the_page_is_visited_by(publish: Any, publication: Any) -> None:
    publication.base_url = "https://courier.example"
    publication.save()
    publish(1971, lead=Picture(url="https://courier.example/m/abc.jpg", width=1200, height=630, alt="The ferry at dawn"))
    for host in ("courier.example", "localhost:8000", "127.0.0.1:8123"):
        client = Client(HTTP_HOST=host)
        assert parsed(client.get("/")).select_one(".lead img")["src"] == "/m/abc.jpg"
        issue = parsed(client.get("/issues/1971/"))
        assert issue.select_one(".issue img")["src"] == "/m/abc.jpg"
        assert issue.select_one("meta[property='og:image']")["content"] == "https://courier.example/m/abc.jpg"
        assert "https://courier.example/m/abc.jpg" in client.get("/feed.atom").content.decode()


@pytest.mark.parametrize("address", ["/", "/issues/"])
def test_a_card_speaks_the_language_of_its_issue(visitor: Client, publish: Any, address: str) -> None:
    publish(1969, "نامه‌ای از جنوب", slug="south", language="fa", day=date(2026, 11, 9))
    publish(1971)
    page = parsed(visitor.get(address))
    card = page.select_one("[lang=fa].teaser, [lang=fa].row")
    assert card["dir"] == "rtl"
    lines = card.select("bdi[lang=fa][dir=rtl]")
    assert " · ".join(line.get_text() for line in lines) == "شمارهٔ ۱۹۶۹ · ۱۸ آبان ۱۴۰۵"
    assert "No." not in card.get_text()


def test_the_front_page_leads_with_an_issue_in_its_own_words(visitor: Client, publish: Any) -> None:
    publish(1969, "نامه‌ای از جنوب", slug="south", language="fa", day=date(2026, 11, 9))
    page = parsed(visitor.get("/"))
    assert page.html["lang"] == "en"
    assert page.select_one(".lead .button").get_text() == "شمارهٔ ۱۹۶۹ را بخوانید"
    assert page.select_one(".dateline").get_text(" ") == "شمارهٔ ۱۹۶۹ ۱۸ آبان ۱۴۰۵"


def test_the_way_from_a_withdrawn_number_names_its_neighbour_in_its_language(
    visitor: Client, publish: Any, publication: Any
) -> None:
    publish(1969, "نامه‌ای از جنوب", slug="south", language="fa")
    TakenNumber.objects.create(publication=publication, number=1970, taken_at=PUBLISHED, withdrawn_at=PUBLISHED, reason="")
    way = parsed(visitor.get("/issues/1970/")).select_one("a[rel=prev] span")
    assert way.get_text() == "Previous: شمارهٔ ۱۹۶۹"
    assert way.bdi["dir"] == "rtl"


def test_gaps_and_withdrawn_numbers_are_explained_where_one_looks_for_them(
    visitor: Client, publish: Any, publication: Any
) -> None:
    for number in (1960, 1965, 1971):
        publish(number, f"Headline {number}", slug=f"s{number}")
    TakenNumber.objects.create(
        publication=publication, number=1963, taken_at=timezone.now(), withdrawn_at=datetime(2026, 1, 5, tzinfo=UTC), reason=""
    )
    rows = [" ".join(row.get_text(" ").split()) for row in parsed(visitor.get("/issues/")).select(".row")]
    assert rows[1] == "No. 1966–1970 Not published here."
    assert rows[3] == "No. 1964 Not published here."
    assert rows[4] == "No. 1963 Withdrawn on 5 January 2026."
    assert rows[5] == "No. 1961–1962 Not published here."


def test_the_archive_is_found_by_year(visitor: Client, publish: Any) -> None:
    publish(1900, "Then", at=datetime(2025, 6, 1, tzinfo=UTC))
    publish(1971, "Now")
    assert "Now" in words(visitor.get("/issues/"))
    page = words(visitor.get("/issues/year/2025/"))
    assert "Then" in page
    assert "Headline" not in page
    assert visitor.get("/issues/year/1999/").status_code == 404


@pytest.mark.parametrize("query", ["ferries", "FERRIES tides", "1971", "pilots"])
def test_a_search_finds_by_word_and_number(visitor: Client, publish: Any, query: str) -> None:
    publish(1970, "Salt", excerpt="Pans.", slug="salt")
    publish(1971)
    response = visitor.get("/issues/", {"q": query})
    assert [row.a["href"] for row in parsed(response).select(".row")] == ["/issues/1971/"]
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_a_search_reads_the_text_but_not_that_of_an_issue_for_readers(visitor: Client, publish: Any) -> None:
    text = "<p>The <strong>pilot</strong> went <a href='https://example.org/lighthouse'>home &amp; slept</a>, &lt;tired&gt;.</p>"
    publish(1970, "Tides", slug="a", text=text)
    publish(1971, "Ferries", slug="b", text=text, visibility="readers")

    def found(query: str) -> list[str]:
        return [title.get_text() for title in parsed(visitor.get("/issues/", {"q": query})).select(".teaser-title")]

    assert found("pilot slept") == found("&") == found("<tired>") == ["Tides"]
    assert found("strong") == found("lighthouse") == found("slept ferries") == []
    assert found("ferries") == ["Ferries"]


def test_the_archive_is_found_by_language_where_there_are_several(visitor: Client, publish: Any) -> None:
    publish(1970, "Tides", slug="a")
    assert not parsed(visitor.get("/issues/")).select("a[hreflang]")
    publish(1971, "جزر و مد", language="fa", slug="b")
    links = {link.get_text(): link["href"] for link in parsed(visitor.get("/issues/")).select("a[hreflang]")}
    assert links == {"English": "/issues/?language=en", "فارسی": "/issues/?language=fa"}
    page = parsed(visitor.get(links["فارسی"]))
    assert [title.get_text() for title in page.select(".teaser-title")] == ["جزر و مد"]
    assert page.select_one(".archive h2").get_text() == "فارسی"
    assert len(parsed(visitor.get("/issues/?language=tlh")).select(".teaser-title")) == 2


def test_a_persian_archive_counts_in_persian_digits(visitor: Client, publish: Any, publication: Any) -> None:
    publication.language = "fa"
    publication.save()
    publish(1970, "جزر و مد", language="fa")
    heading = parsed(visitor.get("/issues/", {"q": "جزر"})).select_one("h2").get_text()
    assert heading == "۱ شماره برای «جزر»"
    assert "/issues/1970/" in visitor.get("/issues/", {"q": "۱۹۷۰"}).content.decode()


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Un été à Porthaven", "ÉTÉ"),
        ("UN ÉTÉ À PORTHAVEN", "été à"),
        ("Un été à Porthaven", "ete"),
        ("Le café crème", "CREME"),
        ("Новости Кириллицы", "КИРИЛЛИЦЫ"),
        ("ΤΑ ΝΕΑ", "τα νεα"),
        ("Eine Straße", "STRASSE"),
        ("پل‌های کهنه", "پلهای كهنه"),
        ("قِصّة المدينة", "قصة"),
        ("شمارهٔ ۱۹۷۰", "١٩٧٠ شماره"),
        ("Riff & reef", "riff &"),
    ],
)
def test_a_search_takes_case_and_spelling_as_people_do(visitor: Client, publish: Any, title: str, query: str) -> None:
    publish(12, "Nothing of it", slug="a")
    publish(13, title, slug="b")
    publish(14, "Something else", slug="c", text=f"<p>{escape(title)}</p>")
    assert [row.a["href"] for row in parsed(visitor.get("/issues/", {"q": query})).select(".row")] == [
        "/issues/14/",
        "/issues/13/",
    ]


def test_a_search_with_an_accent_does_not_find_what_lacks_it(visitor: Client, publish: Any) -> None:
    publish(13, "Un ete")
    assert not parsed(visitor.get("/issues/", {"q": "été"})).select(".row")


def test_a_search_reads_a_number_in_the_digits_of_a_label(visitor: Client, publish: Any) -> None:
    publish(13, "درخت", label="۱۹۷۰-۱")
    assert len(parsed(visitor.get("/issues/", {"q": "1970"})).select(".row")) == 1


def test_the_archive_is_found_by_who_wrote_it(visitor: Client, publish: Any) -> None:
    maud, renn = Person(name="Maud Ellery", family_name="Ellery"), Person(name="Tobias & Renn", role="photos")
    publish(1969, "Salt", slug="a", people=(maud,))
    publish(1970, "Tides", slug="b", people=(renn, maud))
    publish(1971, "Ferries", slug="c")
    publish(1972, "Coming", slug="d", people=(Person(name="Not Yet"),), at=datetime(2100, 1, 1, tzinfo=UTC))
    links = parsed(visitor.get("/issues/")).select(".people a")
    assert [link.get_text() for link in links] == ["Maud Ellery", "Tobias & Renn"]
    for name, titles in (("Maud Ellery", ["Tides", "Salt"]), ("Tobias & Renn", ["Tides"])):
        page = parsed(visitor.get(next(link["href"] for link in links if link.get_text() == name)))
        assert [title.get_text() for title in page.select(".teaser-title")] == titles
        assert page.select_one(".archive h2").get_text() == name
    # Who stands there only once has nothing more to show.
    more = parsed(visitor.get("/issues/1970/")).select(".with a")
    assert [link.get_text() for link in more] == ["All issues with Maud Ellery"]
    assert len(parsed(visitor.get(more[0]["href"])).select(".row")) == 2
    assert len(parsed(visitor.get("/issues/", {"by": "Not Yet"})).select(".teaser-title")) == 3  # all: nobody of that name yet


def test_a_persian_archive_counts_the_years_of_its_calendar(visitor: Client, publish: Any, publication: Any) -> None:
    publication.language = "fa"
    publication.save()
    publish(1, "زمستان", language="fa", slug="a", at=datetime(2026, 3, 20, 12, tzinfo=UTC))
    publish(2, "بهار", language="fa", slug="b", at=datetime(2026, 3, 21, 12, tzinfo=UTC))
    page = parsed(visitor.get("/issues/"))
    assert [year.get_text() for year in page.select("nav .years li")][:2] == ["۱۴۰۵", "۱۴۰۴"]
    assert [title.get_text() for title in page.select(".teaser-title")] == ["بهار"]
    older = parsed(visitor.get("/issues/year/1404/"))
    assert [title.get_text() for title in older.select(".teaser-title")] == ["زمستان"]
    assert older.select_one("time").get_text() == "۲۹ اسفند ۱۴۰۴"
    assert older.select_one("time")["datetime"] == "2026-03-20"
    moved = visitor.get("/issues/year/2026/")
    assert (moved.status_code, moved.headers["Location"]) == (302, "/issues/year/1405/")
    for year in (1403, 2025, 0, 10**12):
        assert visitor.get(f"/issues/year/{year}/").status_code == 404
    publication.language = "en"
    publication.save()
    moved = visitor.get("/issues/year/1404/")
    assert (moved.status_code, moved.headers["Location"]) == (302, "/issues/year/2026/")


@pytest.mark.parametrize("query", ["%", "_", "' OR 1=1 --", "\x00", "x" * 5000, "(a+)+$", "\u202e"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(visitor: Client, publish: Any, query: str) -> None:
    publish(1971)
    response = visitor.get("/issues/", {"q": query})
    assert response.status_code == 200
    parsed(response)


def test_what_is_nowhere_gets_a_page_with_a_search(visitor: Client, publication: Any) -> None:
    response = visitor.get("/nowhere/")
    assert response.status_code == 404
    assert parsed(response).select_one("form[role=search]")


@pytest.mark.parametrize("path", ["/", "/issues/", "/feed.atom", "/robots.txt", "/theme/1d4e89.css", "/subscribe/", "/nowhere"])
def test_public_pages_have_the_strict_policy_no_cookie_and_no_opinion_on_cookies(
    visitor: Client, publication: Any, path: str
) -> None:
    visitor.cookies["masthead"] = "somebody"
    response = visitor.get(path)
    assert response.headers["Content-Security-Policy"] == STRICT
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_host_gets_nothing(publication: Any) -> None:
    response = Client(HTTP_HOST="evil.example").get("/")
    assert response.status_code == 400
    assert b"Courier" not in response.content


def test_a_publication_answers_at_its_own_host_and_path(publication: Any, mailing_list: Any) -> None:
    from masthead.issues.models import Publication

    Publication.objects.create(
        name="Le Quai", slug="quai", language="fr", base_url="https://quai.example/lettre", from_address="quai@example.org"
    )
    page = parsed(Client(HTTP_HOST="quai.example").get("/lettre/issues/"))
    assert page.html["lang"] == "fr"
    assert page.select_one(".masthead-name a")["href"] == "/lettre/"
    assert "The Courier" in words(Client(HTTP_HOST="127.0.0.1").get("/issues/"))


@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#ffffff", "#1d4e89", "#ff0000"])
def test_every_colour_can_be_read_by_day_and_by_night(accent: str) -> None:
    import re

    from masthead.issues.rendering.colours import contrast
    from masthead.web.site.theme import PAPER_DARK, PAPER_LIGHT, stylesheet

    light, dark = re.findall(r"--accent:(#[0-9a-f]{6})", stylesheet(accent))
    assert contrast(light, PAPER_LIGHT) >= 4.5
    assert contrast(dark, PAPER_DARK) >= 4.5
