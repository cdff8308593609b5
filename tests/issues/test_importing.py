"""A manuscript from a file or the web → a draft, and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from masthead.common.fetching import FetchError, Network, Page
from masthead.issues import drafting, importing, web_pages
from masthead.issues.manuscripts.neutral import BadManuscript
from tests.issues.manuscripts.word_files import note, paragraph, picture, text, word_file

pytestmark = pytest.mark.django_db


def test_a_word_file_becomes_an_issue_with_its_pictures_and_notes(
    publication: Any, now: Any, tmp_path: Path, picture_bytes: Any, library_image: Any
) -> None:
    file = tmp_path / "ferry.docx"
    file.write_bytes(
        word_file(
            paragraph("The ferry is back", "Ttulo"),
            paragraph(text("She left") + note(1) + text(" on Tuesday.")),
            paragraph(picture()),
            paragraph(picture("rIdBad", "A broken one")),
            footnotes={1: paragraph("From the yard.")},
            pictures={"rIdPicture": ("a.jpeg", picture_bytes()), "rIdBad": ("b.png", b"not a picture")},
        )
    )
    told: list[str] = []
    issue = drafting.create_from_file(publication=publication, path=file, by="t", now=now, told=told.append)
    assert (issue.title, [block.block_type for block in issue.body]) == ("The ferry is back", ["text", "image"])
    assert issue.notes[0].value["text"].source == "<p>From the yard.</p>"
    assert len(told) == 1 and "A broken one" in told[0]


def test_a_manuscript_replaces_the_text_of_a_draft_in_one_revision(issue: Any, now: Any) -> None:
    issue.save_revision()
    before = issue.revisions.count()
    found = importing.read(b"# Another head\n\nNew words.[^1]\n\n[^1]: A note.\n", name="a.md")
    drafting.fill(issue=issue, found=found, by="t", now=now)
    issue.refresh_from_db()
    draft = issue.get_latest_revision_as_object()
    assert issue.revisions.count() == before + 1
    assert draft.title == "The ferry is back"  # what an editor wrote counts more
    assert "New words.[^1]" in draft.body[0].value["text"].source
    assert draft.notes[0].value["key"] == "1"
    assert "Tuesday" in issue.revisions.order_by("created_at").first().as_object().body[0].value["text"].source


@pytest.mark.parametrize(
    ("said", "wanted"), [("en-US", ""), ("en", ""), ("fa", "fa"), ("fr-CA", "fr-CA"), ("en-Shaw", "en-Shaw")]
)
def test_the_language_of_a_file_counts_where_it_is_another(publication: Any, now: Any, said: str, wanted: str) -> None:
    found = importing.read(f"---\nlanguage: {said}\n---\n# Head\n\nWords.\n".encode(), name="a.md")
    assert drafting.create_from(found, publication=publication, by="t", now=now).language == wanted


def test_a_persian_file_that_says_no_language_is_written_from_right_to_left(publication: Any, now: Any) -> None:
    found = importing.read("# قایق برگشت\n\nمردم پیش از طلوع آفتاب منتظر بودند.\n".encode(), name="a.md")
    issue = drafting.create_from(found, publication=publication, by="t", now=now)
    assert (issue.language, issue.body[0].value["lang"]) == ("fa", "")


class Web:
    """Pages by address, in place of the guarded client; that has tests of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pages: dict[str, tuple[int, str, bytes]]) -> None:
        def fetch(url: str, *, network: Network, **_: object) -> Page:
            if url not in pages:
                raise FetchError("dns", "There is no such site.")
            status, kind, body = pages[url]
            return Page(url, status, {"content-type": kind}, body)

        monkeypatch.setattr("masthead.common.fetching.fetch", fetch)


def test_a_page_of_the_web_comes_with_its_pictures_and_full_addresses(
    monkeypatch: pytest.MonkeyPatch, picture_bytes: Any
) -> None:
    page = (
        "<html><head><title>Head</title></head><body><nav>Menu</nav><article><h1>Head</h1>"
        "<p>See <a href='/b?x=1&amp;y=2'>b</a>.</p>"
        "<img src='a.jpg' alt='A quay'><img src='gone.jpg' alt='Gone'></article></body></html>"
    )
    Web(
        monkeypatch,
        {
            "https://news.example.org/a/": (200, "text/html; charset=utf-8", page.encode()),
            "https://news.example.org/a/a.jpg": (200, "image/jpeg", picture_bytes()),
        },
    )
    found = web_pages.read("https://news.example.org/a/")
    assert found.meta["title"] == "Head"
    assert '<a href="https://news.example.org/b?x=1&amp;y=2">b</a>' in str(found.pieces[0].value["text"])
    assert list(found.pictures) == ["a.jpg"]
    report = "\n".join(map(str, found.dropped))
    assert "Menu" in report and "gone.jpg: There is no such site." in report


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://news.example.org/gone", "answers 404"),
        ("https://news.example.org/film", "no web page but video/mp4"),
        ("https://nowhere.example.org/", "There is no such site"),
    ],
)
def test_a_page_that_cannot_be_had_says_why(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    pages = {"https://news.example.org/gone": (404, "text/html", b""), "https://news.example.org/film": (200, "video/mp4", b"")}
    Web(monkeypatch, pages)
    with pytest.raises(BadManuscript, match=words):
        web_pages.read(url)


def test_a_page_whose_encoding_was_guessed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<p>Паром остаётся.</p>\n<p>Новости порта.</p>".encode("cp1251")
    Web(monkeypatch, {"https://news.example.org/": (200, "text/html", page)})
    found = web_pages.read("https://news.example.org/")
    assert "Паром остаётся." in str(found.pieces[0].value["text"])
    assert any("Windows-1251" in str(one) for one in found.noticed)
