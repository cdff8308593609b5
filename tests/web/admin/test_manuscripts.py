"""Importing a manuscript at the desk: look first, then use or discard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from masthead.issues.models import Issue, Publication
from masthead.team.models import Role
from tests.issues.manuscripts.word_files import note, paragraph, text, word_file

URL = "/desk/issues/manuscript/"


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def drop(client: Client, url: str = URL) -> str:
    """Upload a Word file; the address of what was found."""
    deleted = '<w:del w:author="Omid"><w:r><w:delText>gone words</w:delText></w:r></w:del>'
    data = word_file(
        paragraph("The ferry", "Ttulo"), paragraph(text("New words") + note(1) + deleted), footnotes={1: paragraph("A note.")}
    )
    answer = client.post(url, {"file": SimpleUploadedFile("ferry.docx", data)})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_word_file_is_looked_at_and_becomes_a_draft(owner_at_desk: Client, publication: Publication) -> None:
    address = drop(owner_at_desk)
    page = owner_at_desk.get(address).content.decode()
    assert "gone words" in page and "Omid" in page
    assert not Issue.objects.exists()
    shown = owner_at_desk.get(f"{address}page/")
    assert "New words" in shown.content.decode() and "A note." in shown.content.decode()
    assert "script-src" not in shown["Content-Security-Policy"]
    answer = owner_at_desk.post(f"{address}decide/", {"act": "use"})
    issue = Issue.objects.get()
    assert answer["Location"] == f"/desk/issues/edit/{issue.pk}/"
    assert issue.title == "The ferry"
    assert owner_at_desk.get(address).status_code == 404


def test_into_a_draft_it_is_one_version_and_the_one_before_is_kept(owner_at_desk: Client, issue: Issue) -> None:
    before = issue.revisions.count()
    address = drop(owner_at_desk, f"{URL}?into={issue.pk}")
    base, _, query = address.partition("?")
    assert query == f"into={issue.pk}"
    owner_at_desk.post(f"{base}decide/?{query}", {"act": "use"})
    issue.refresh_from_db()
    assert (issue.title, issue.revisions.count()) == ("The tide tables are wrong again", before + 1)
    assert "New words[^1]" in issue.get_latest_revision_as_object().body[0].value["text"].source


def test_discarding_changes_nothing(owner_at_desk: Client, publication: Publication, tmp_path: Path) -> None:
    address = drop(owner_at_desk)
    owner_at_desk.post(f"{address}decide/", {"act": "discard"})
    assert not Issue.objects.exists()
    assert list((tmp_path / "manuscripts").iterdir()) == []


def test_what_one_brought_nobody_else_can_open(at_desk: Callable[[Role], Client], publication: Publication) -> None:
    address = drop(at_desk(Role.OWNER))
    editor = at_desk(Role.EDITOR)
    for path in ("", "page/", "picture/0/"):
        assert editor.get(address + path).status_code == 404
    assert editor.post(f"{address}decide/", {"act": "use"}).status_code == 404
    assert at_desk(Role.READER_CARE).get(URL).status_code == 403


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file"),
        ({"address": "http://169.254.169.254/latest/"}, "own network"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "no manuscript Masthead can read"),
        ({"file": SimpleUploadedFile("a.docx", b"PK broken")}, "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(owner_at_desk: Client, publication: Publication, data: dict[str, Any], words: str) -> None:
    answer = owner_at_desk.post(URL, data)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
