"""Pictures as everyone can show them: decoded and written anew as JPEG or PNG, upright, in sRGB, without metadata.

What a camera or an editing program put into the file (place, owner, thumbnails, whatever follows the picture) does not survive.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from masthead.issues import frozen_files

#: The mail shows at most 600 px, and twice that on fine screens.
WIDEST = 1200
#: The size of the further file for narrow screens.
NARROW = 640
#: What previews on other sites ask for (OpenGraph).
SHARE_SIZE = (1200, 630)
#: Raised when the same original would give other bytes: the cache below starts anew.
_RECIPE = 1

_DIGEST = re.compile(r"[0-9a-f]{40,64}", re.ASCII)
_KINDS = ("JPEG", "PNG", "GIF", "WEBP")


class BadPicture(ValueError):
    """The file is no picture that can be shown; the text says why and what to do."""


@dataclass(frozen=True)
class FrozenPicture:
    """One picture file under /m/; `width` and `height` in pixels, `size` in bytes."""

    name: str
    width: int
    height: int
    size: int


def freeze(source: BinaryIO, *, key: str = "", widest: int = WIDEST, crop: tuple[int, int] | None = None) -> FrozenPicture:
    """Keep a copy of the picture in `source`, at most `widest` px on its longer side, or cut and scaled to `crop`.

    The same original is decoded once: what became of it is remembered beside the frozen files. `key` is a digest of the content
    of `source`, if the caller knows one; then not even its bytes are read again. Raises BadPicture.
    """
    data = b""
    if not _DIGEST.fullmatch(key):
        data = source.read()
        key = sha256(data).hexdigest()
    wanted = f"{crop[0]}x{crop[1]}" if crop else str(widest)
    memory = frozen_files.folder() / "known" / f"{key}-{wanted}-{_RECIPE}.json"
    if memory.is_file():
        known = FrozenPicture(**json.loads(memory.read_text(encoding="utf-8")))
        if frozen_files.path_of(known.name):
            return known
    fresh, ending, (width, height) = rewrite(data or source.read(), widest=widest, crop=crop)
    kept = frozen_files.keep(fresh, ending)
    found = FrozenPicture(kept.name, width, height, kept.size)
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return found


def rewrite(data: bytes, *, widest: int, crop: tuple[int, int] | None = None) -> tuple[bytes, str, tuple[int, int]]:
    """The picture in `data` as (bytes, "jpg" or "png", (width, height)). Raises BadPicture."""
    with _opened(data) as picture:
        was_photo = picture.format in {"JPEG", "WEBP"}
        upright = _upright(picture)
    if crop:
        upright = ImageOps.fit(upright, crop, Pillow.Resampling.LANCZOS)
    elif max(upright.size) > widest:
        upright.thumbnail((widest, widest), Pillow.Resampling.LANCZOS)
    if upright.mode == "RGBA":
        return _as_png(upright), "png", upright.size
    as_jpeg = _as_jpeg(upright)
    if was_photo:
        return as_jpeg, "jpg", upright.size
    # Drawings and screenshots are sharper and often smaller as PNG.
    as_png = _as_png(upright)
    if len(as_png) <= len(as_jpeg) * 1.3:
        return as_png, "png", upright.size
    return as_jpeg, "jpg", upright.size


@contextmanager
def _opened(data: bytes) -> Iterator[Pillow.Image]:
    """The decoded picture, its kind judged by its content."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(BytesIO(data), formats=_KINDS)
        if picture.width * picture.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
            raise BadPicture(f"The picture has {picture.width} × {picture.height} pixels, which is too large. Make it smaller.")
        picture.load()
    except UnidentifiedImageError as error:
        raise BadPicture("The file is no JPEG, PNG, GIF or WebP picture. Save it as one of these.") from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise BadPicture("The picture has too many pixels. Make it smaller.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, BadPicture):
            raise
        raise BadPicture(f"The picture is damaged: {error}. Save it again.") from error
    with picture:
        yield picture


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """Turned as the camera meant it, in sRGB: mode RGB, or RGBA where something shows through."""
    turned = ImageOps.exif_transpose(picture) or picture
    see_through = turned.has_transparency_data
    profile = turned.info.get("icc_profile")
    if profile and turned.mode in {"RGB", "CMYK"}:
        turned = _in_srgb(turned, profile)
    plain = turned.convert("RGBA" if see_through else "RGB")
    if see_through and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    fresh = Pillow.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _in_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """Colours as meant; a profile that cannot be read is left out, as browsers do."""
    try:
        return (
            ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            or picture
        )
    except (ImageCms.PyCMSError, OSError):
        return picture


def _as_jpeg(picture: Pillow.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


def _as_png(picture: Pillow.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
