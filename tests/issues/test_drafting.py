"""From a file to a draft with a planned number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wagtail.images import get_image_model
from wagtail.models import Collection

from masthead.audit.models import Entry
from masthead.issues import drafting, freezing, reading
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.models import Byline, Contributor, Issue

pytestmark = pytest.mark.django_db

FERRY = """---
title: The ferry is back
subtitle: Nine months later
byline: Anna Keller
date: 2026-11-22
mood: cheerful
---
She left the yard on *Tuesday*[^1], with [a new engine](https://example.org/engine).

## What changed

![The Marigold at the quay](pictures/ferry.jpg "Seen from the mill")

| Day | First | Last |
|-----|-------|------|
| Monday | 06:10 | 22:40 |

[^1]: Three days **late**.
"""


@pytest.fixture
def folder(tmp_path: Path, picture_bytes: Any, db: None) -> Path:
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ferry.jpg").write_bytes(picture_bytes())
    return tmp_path


@pytest.fixture
def draft(publication: Any, folder: Path, now: Any) -> Any:
    """A function: text, ending → the draft made of such a file."""

    def make(text: str | bytes, name: str = "ferry.md", **fields: Any) -> Any:
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return drafting.create_from_file(publication=publication, path=path, by="command line", now=now, **fields)

    return make


def test_a_markdown_file_becomes_an_issue_that_can_be_frozen(draft: Any, now: Any) -> None:
    told: list[str] = []
    issue = draft(FERRY, told=told.append)
    assert (issue.planned_number, issue.title, issue.byline_line, issue.excerpt) == (
        1971,
        "The ferry is back",
        "Anna Keller",
        "Nine months later",
    )
    assert [child.block_type for child in issue.body] == ["text", "heading", "image", "table"]
    edition = freezing.freeze(issue=issue, by="system", now=now)
    assert edition.number == 1971
    assert "Three days" in edition.web_html and "https://example.org/engine" in edition.text_full
    assert told == ["front matter: an issue has no field “mood”: “cheerful”"]


def test_a_picture_beside_the_file_is_copied_without_its_metadata(draft: Any, folder: Path, picture_bytes: Any, now: Any) -> None:
    from PIL import Image as Pillow

    exif = Pillow.Exif()
    exif[0x010E] = "taken at 48.85, 2.35"
    (folder / "pictures" / "ferry.jpg").write_bytes(picture_bytes(exif=exif))
    issue = draft(FERRY)
    image = get_image_model().objects.get()
    with image.open_file() as file:
        assert b"48.85" not in file.read()
    block = next(block for block in reading.read(issue, now=now).content.body if isinstance(block, ImageBlock))
    assert (block.picture.alt, block.caption) == ("The Marigold at the quay", "Seen from the mill")


def test_two_drafts_plan_two_numbers(draft: Any) -> None:
    assert [draft("One.", title="One").planned_number, draft("Two.", title="Two").planned_number] == [1971, 1972]


def test_what_is_given_counts_more_than_the_file(draft: Any) -> None:
    issue = draft("# The first heading\n\nWords.", title="The given title", byline="By Leo", excerpt="Short.")
    assert (issue.title, issue.byline_line, issue.excerpt) == ("The given title", "By Leo", "Short.")
    assert issue.body[0].value["text"] == "The first heading"


def test_the_first_heading_is_the_title_where_none_is_given(draft: Any) -> None:
    issue = draft("# The first heading\n\nWords.")
    assert issue.title == "The first heading" and [child.block_type for child in issue.body] == ["text"]


def test_an_html_file_becomes_an_issue(draft: Any, now: Any) -> None:
    page = (
        "<html><head><title>Ferry</title></head><body><nav>Home</nav><article><h1>The ferry is back</h1>"
        "<p>She left <b>late</b>.</p><script>alert(1)</script></article></body></html>"
    )
    told: list[str] = []
    issue = draft(page, "ferry.html", title="The ferry is back", told=told.append)
    edition = freezing.freeze(issue=issue, by="system", now=now)
    assert "<strong>late</strong>" in edition.web_html and "alert" not in edition.web_html
    assert any("Home" in line for line in told) and any("<script>" in line for line in told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![](../secret.jpg)", "does not lie beside"),
        ("![](/etc/hostname)", "does not lie beside"),
        ("![](pictures/none.jpg)", "is not beside ferry.md"),
        ("![](ferry.md)", "no JPEG"),
        ("---\nnumber: soon\n---\nWords.", "no number"),
        ("---\ndate: soon\n---\nWords.", "2026-11-22"),
        ("---\n- a\n---\nWords.", "front matter"),
        ("---\ntitle: [\n---\nWords.", "not YAML"),
        ("---\nlanguage: 'e n'\n---\nWords.", "no language tag"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "no text"),
        ("---\ntitle: " + "a" * 301 + "\n---\nWords.", "at most 300"),
    ],
)
def test_a_manuscript_that_cannot_be_used_says_why(draft: Any, text: Any, said: str) -> None:
    with pytest.raises(BadManuscript, match=said):
        draft(text)
    assert not Issue.objects.exists()


def test_pictures_elsewhere_are_left_out_and_named(draft: Any) -> None:
    told: list[str] = []
    issue = draft("Words.\n\n![A quay](https://example.org/quay.jpg)", title="Quay", told=told.append)
    assert [child.block_type for child in issue.body] == ["text"]
    assert told and "https://example.org/quay.jpg" in told[0] and "A quay" in told[0]


def test_a_number_that_is_taken_is_refused(draft: Any, now: Any) -> None:
    freezing.freeze(issue=draft("Words.", title="One"), by="system", now=now)
    with pytest.raises(BadManuscript, match="1971 is taken"):
        draft("---\nnumber: 1971\n---\nWords.", title="Two")


def test_a_file_of_another_kind_is_refused(draft: Any) -> None:
    with pytest.raises(BadManuscript, match=r"it takes|old Word"):
        draft("Words.", "ferry.doc")


def test_a_copy_says_the_same_under_a_number_of_its_own(make_issue: Any, prose: Any, now: Any) -> None:
    contributor = Contributor.objects.create(name="Maud Ellery")
    original = make_issue(slug="ferry", label="1971a", correction_note="It was Tuesday.", excerpt="As it was saved first.")
    original.bylines.add(Byline(contributor=contributor, role="photos"))
    original.title = "The ferry, as edited last"
    original.save_revision()
    Issue.objects.filter(pk=original.pk).update(number=1970, ready_digest="f" * 64)
    made = drafting.copy(issue=original, by="staff:1", now=now)
    newest = reading.newest(made)
    assert newest.title == "The ferry, as edited last"
    assert [block.value["text"].source for block in newest.body] == [block.value["text"].source for block in original.body]
    assert [(byline.contributor, byline.role) for byline in newest.bylines.all()] == [(contributor, "photos")]
    assert (made.number, made.slug, made.label, made.correction_note, made.ready_digest) == (None, "", "", "", "")
    assert Entry.objects.filter(action="issue.copied", subject=f"issue:{made.pk}").exists()
