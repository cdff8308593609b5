"""Files that editions show, kept under the SHA-256 of their content: the library may change, what was mailed does not."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "mp3": "audio/mpeg",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(CONTENT_TYPES)})", re.ASCII)


class NoSuchKind(ValueError):
    """Files with that ending are not published; the text names the ending."""


@dataclass(frozen=True)
class FrozenFile:
    """`name` is "<sha256>.jpg", the last part of its address under /m/. `size` in bytes."""

    name: str
    size: int

    @property
    def content_type(self) -> str:
        """Its media type, from the ending we gave it."""
        return CONTENT_TYPES[self.name.rpartition(".")[2]]


def keep(data: bytes, ending: str) -> FrozenFile:
    """Store `data`; storing the same twice is one file. Raises NoSuchKind."""
    if ending not in CONTENT_TYPES:
        raise NoSuchKind(f"Files ending in .{ending} are not published.")
    kept = FrozenFile(f"{sha256(data).hexdigest()}.{ending}", len(data))
    path = folder() / kept.name
    if not path.exists() or path.stat().st_size != kept.size:
        _write(path, data)
    return kept


def path_of(name: str) -> Path | None:
    """Where the file is; None for a name that is none of ours or not there. No other path can be asked for."""
    if not _NAME.fullmatch(name):
        return None
    path = folder() / name
    return path if path.is_file() else None


def folder() -> Path:
    """The folder of all frozen files, in the data folder."""
    return Path(settings.DATA) / "media-frozen"


def _write(path: Path, data: bytes) -> None:
    """Write beside, make durable, then rename: a reader never sees half a file, and an edition never names a lost one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
