"""The library's pictures and documents are seen by those who write, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from masthead.issues import reading
from masthead.issues.models import Issue
from masthead.team.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(at_desk: Callable[[Role], Client], settings: Any, tmp_path: Any) -> Client:
    """The editor's browser, a picture and a page that would run a script."""
    settings.MEDIA_ROOT = tmp_path
    client = at_desk(Role.EDITOR)
    drawn = BytesIO()
    Pillow.new("RGB", (400, 300), "#1d4e89").save(drawn, "PNG")
    get_image_model().objects.create(title="The quay", file=ImageFile(drawn, name="quay.png"), width=400, height=300)
    get_document_model().objects.create(title="Counts", file=ContentFile(b"<script>alert(1)</script>", name="counts.html"))
    return client


def test_every_picture_of_the_library_can_be_seen(library: Client) -> None:
    page = library.get("/desk/images/").content.decode()
    shown = [part.split('"')[0] for part in page.split('src="')[1:] if part.startswith("/desk/files/")]
    assert shown
    answer = library.get(shown[0])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert b"".join(answer)[:4] == b"\x89PNG"  # type: ignore[call-overload]


def test_a_document_is_a_download_in_which_nothing_runs(library: Client) -> None:
    page = library.get("/desk/documents/")
    assert page.status_code == 200
    document = get_document_model().objects.get()
    assert document.url in page.content.decode()
    answer = library.get(document.url)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize("name", ["nothing.png", "..%2f..%2fsession.key", "../session.key", "original_images", "%00"])
def test_nothing_but_the_library_is_there(library: Client, name: str) -> None:
    assert library.get(f"/desk/files/{name}").status_code == 404


def test_nobody_else_sees_it(library: Client, at_desk: Callable[[Role], Client]) -> None:
    url = get_document_model().objects.get().url
    assert Client().get(url).status_code == 302
    assert at_desk(Role.READER_CARE).get(url).status_code == 403


def test_a_preview_shows_the_pictures_of_a_draft(library: Client, publication: Any, now: Any) -> None:
    draft = Issue(publication=publication, title="Quay", lead_image=get_image_model().objects.get(), lead_image_alt="The quay")
    picture = reading.read(draft, now=now).content.lead_image
    assert picture is not None
    # The frame of a preview has no origin, so it has no session either.
    answer = Client().get(urlsplit(picture.url).path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    answer.close()
