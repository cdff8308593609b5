"""Pictures as everyone can show them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from masthead.issues import frozen_files, pictures
from masthead.issues.pictures import BadPicture


def opened(name: str) -> Pillow.Image:
    path = frozen_files.path_of(name)
    assert path is not None
    return Pillow.open(path)


@pytest.mark.parametrize(
    ("kind", "mode", "ending"),
    [("JPEG", "RGB", "jpg"), ("WEBP", "RGB", "jpg"), ("PNG", "RGBA", "png"), ("PNG", "RGB", "png"), ("GIF", "RGB", "png")],
)
def test_every_kind_becomes_jpeg_or_png(picture_bytes: Any, kind: str, mode: str, ending: str) -> None:
    found = pictures.freeze(BytesIO(picture_bytes(kind, mode=mode)))
    assert found.name.endswith(f".{ending}") and (found.width, found.height) == (1200, 675)
    assert opened(found.name).size == (1200, 675)


def test_a_small_picture_is_not_made_larger(picture_bytes: Any) -> None:
    found = pictures.freeze(BytesIO(picture_bytes(size=(300, 200))))
    assert (found.width, found.height) == (300, 200)


def test_what_a_camera_wrote_into_the_file_is_gone_and_it_stands_upright(picture_bytes: Any) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N"
    found = pictures.freeze(BytesIO(picture_bytes(size=(800, 600), exif=exif, comment=b"taken at home")))
    path = frozen_files.path_of(found.name)
    assert path is not None
    data = path.read_bytes()
    assert (found.width, found.height) == (600, 800)
    assert b"SecretCam" not in data and b"taken at home" not in data and b"Exif" not in data
    assert not opened(found.name).getexif()


def test_what_follows_the_picture_in_its_file_is_gone(picture_bytes: Any) -> None:
    found = pictures.freeze(BytesIO(picture_bytes() + b"<script>alert(1)</script>"))
    path = frozen_files.path_of(found.name)
    assert path is not None and b"script" not in path.read_bytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no JPEG"),
        (b"", "no JPEG"),
        (b"GIF89a" + b"\x00" * 20, "picture|JPEG"),
        (b"%PDF-1.4", "no JPEG"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadPicture, match=said):
        pictures.freeze(BytesIO(data))


def test_a_damaged_picture_is_refused(picture_bytes: Any) -> None:
    with pytest.raises(BadPicture, match="damaged"):
        pictures.freeze(BytesIO(picture_bytes()[:3000]))


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(settings: Any) -> None:
    out = BytesIO()
    Pillow.new("1", (10_000, 10_000)).save(out, "PNG")
    with pytest.raises(BadPicture, match=r"too large|too many pixels"):
        pictures.freeze(BytesIO(out.getvalue()))


def test_the_same_original_is_decoded_once(picture_bytes: Any, data_folder: Path) -> None:
    data = picture_bytes()
    first = pictures.freeze(BytesIO(data), key="a" * 40)

    class NeverRead(BytesIO):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("read again")

    assert pictures.freeze(NeverRead(), key="a" * 40) == first
    (data_folder / "media-frozen" / first.name).unlink()
    assert pictures.freeze(BytesIO(data), key="a" * 40) == first  # lost files come back


def test_a_cut_has_the_size_that_was_asked_for(picture_bytes: Any) -> None:
    found = pictures.freeze(BytesIO(picture_bytes(size=(900, 1600))), crop=pictures.SHARE_SIZE)
    assert (found.width, found.height) == (1200, 630)


@pytest.mark.parametrize(
    "name", ["../masthead.sqlite3", "a.jpg", "known", "A" * 64 + ".jpg", "a" * 64 + ".svg", "a" * 64 + ".jpg\n", ""]
)
def test_no_other_file_can_be_asked_for(name: str) -> None:
    assert frozen_files.path_of(name) is None


def test_files_are_kept_by_what_is_in_them(data_folder: Path) -> None:
    one, two = frozen_files.keep(b"timetable", "pdf"), frozen_files.keep(b"timetable", "pdf")
    assert one == two and one.content_type == "application/pdf"
    with pytest.raises(frozen_files.NoSuchKind, match="svg"):
        frozen_files.keep(b"<svg/>", "svg")
