"""Issues to work on, and pictures in the library."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

Body = list[tuple[str, dict[str, Any]]]


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """Frozen files and the library lie in a folder of the test's own."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def prose() -> Callable[..., dict[str, Any]]:
    """A function: HTML → a text block as the form stores it."""

    def make(html: str, **more: Any) -> dict[str, Any]:
        return {"type": "text", "value": {"text": html, "lang": "", **more}}

    return make


@pytest.fixture
def make_issue(publication: Any, prose: Any) -> Callable[..., Any]:
    """A function: fields → an issue fit to be frozen but for what is said otherwise."""
    from masthead.issues.models import Issue

    def make(**fields: Any) -> Any:
        given: dict[str, Any] = {
            "publication": publication,
            "title": "The ferry is back",
            "excerpt": "After nine months the Marigold crosses again.",
            "body": [prose("<p>She left the yard on Tuesday, painted green.</p>")],
            **fields,
        }
        return Issue.objects.create(**given)

    return make


@pytest.fixture
def issue(make_issue: Any) -> Any:
    """One of them."""
    return make_issue()


@pytest.fixture
def picture_bytes() -> Callable[..., bytes]:
    """A function: kind, size → the bytes of a picture."""

    def make(kind: str = "JPEG", size: tuple[int, int] = (1600, 900), *, mode: str = "RGB", **options: Any) -> bytes:
        out = BytesIO()
        picture = Pillow.new(mode, size)
        for x in range(0, size[0], 8):
            picture.paste(tuple((x * step) % 256 for step in (1, 3, 7, 0)[: len(picture.getbands())]), (x, 0, x + 8, size[1]))
        picture.save(out, kind, **options)
        return out.getvalue()

    return make


@pytest.fixture
def library_image(db: None, picture_bytes: Any) -> Callable[..., Any]:
    """A function: title, bytes → a picture in the library."""
    from django.core.files.base import ContentFile
    from wagtail.images import get_image_model
    from wagtail.models import Collection

    if Collection.get_first_root_node() is None:  # Wagtail's migrations make it; tests may run without them
        Collection.add_root(name="Root")

    def make(title: str = "ferry", data: bytes | None = None, name: str = "ferry.jpg") -> Any:
        return get_image_model().objects.create(title=title, file=ContentFile(data or picture_bytes(), name=name))

    return make
