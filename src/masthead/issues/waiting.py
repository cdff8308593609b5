"""Manuscripts that were read and wait for somebody's decision: use it or not. Kept a day, for the one who brought it."""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import shutil
import time
from pathlib import Path

from django.conf import settings

from masthead.issues.importing import FoundPicture, Imported
from masthead.issues.manuscripts.neutral import Dropped, Piece

_DAY = 24 * 60 * 60
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)


def keep(found: Imported, *, by: str) -> str:
    """Store `found` and answer the token that only `by` can get it back with. What is older than a day goes."""
    _clean()
    token = secrets.token_hex(16)
    path = _folder() / token
    path.mkdir(mode=0o700, parents=True)
    known = {}
    for place, (source, picture) in enumerate(found.pictures.items()):
        (path / f"{place}.picture").write_bytes(picture.data)
        known[source] = {"title": picture.title, "name": picture.name, "file": f"{place}.picture"}
    said = {**dataclasses.asdict(dataclasses.replace(found, pictures={})), "pictures": known, "by": by}
    (path / "found.json").write_text(json.dumps(said), encoding="utf-8")
    return token


def get(token: str, *, by: str) -> Imported | None:
    """What waits under `token` for `by`; None when there is nothing, or it is somebody else's."""
    path = _folder() / token
    if not _TOKEN.fullmatch(token) or not (path / "found.json").is_file():
        return None
    said = json.loads((path / "found.json").read_text(encoding="utf-8"))
    if said["by"] != by:
        return None
    return Imported(
        name=said["name"],
        meta=said["meta"],
        pieces=tuple(Piece(**one) for one in said["pieces"]),
        notes=said["notes"],
        pictures={
            source: FoundPicture(title=one["title"], name=one["name"], data=(path / one["file"]).read_bytes())
            for source, one in said["pictures"].items()
        },
        dropped=tuple(Dropped(**one) for one in said["dropped"]),
        noticed=tuple(Dropped(**one) for one in said["noticed"]),
        words_in=said["words_in"],
        words_out=said["words_out"],
    )


def discard(token: str) -> None:
    """Forget what waits under `token`."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(_folder() / token, ignore_errors=True)


def _folder() -> Path:
    return Path(settings.DATA) / "manuscripts"


def _clean() -> None:
    if not _folder().is_dir():
        return
    for path in _folder().iterdir():
        if path.stat().st_mtime < time.time() - _DAY:
            shutil.rmtree(path, ignore_errors=True)
