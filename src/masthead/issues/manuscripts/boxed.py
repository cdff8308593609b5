"""Reading a manuscript in a process of its own, so that a file of a stranger can neither stop nor exhaust this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from masthead.issues.manuscripts import child
from masthead.issues.manuscripts.kinds import READERS
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript, Piece

MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Read:
    """A manuscript and how many of its words are in it."""

    manuscript: Manuscript
    words_out: int


def read(data: bytes, *, name: str) -> Read:
    """The manuscript in `data`, whose kind the ending of `name` says. Raises BadManuscript."""
    ending = Path(name).suffix.lower()
    if ending == ".doc":
        raise BadManuscript(f"{name} is an old Word file. Open it in Word or LibreOffice and save it as .docx.")
    if ending not in READERS:
        raise BadManuscript(f"{name} is no manuscript Masthead can read; it takes {', '.join(sorted(READERS))}.")
    if len(data) > MOST_BYTES:
        raise BadManuscript(f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Make its pictures smaller, or split it.")
    with tempfile.TemporaryDirectory(prefix="masthead-manuscript-") as folder:
        return _read(data, ending, name, Path(folder))


def _read(data: bytes, ending: str, name: str, folder: Path) -> Read:
    file = folder / f"source{ending}"
    file.write_bytes(data)
    # -P: the folder with a stranger's file in it is no place to import from.
    command = [sys.executable, "-P", "-m", child.__name__, ending, str(file), str(folder)]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the file is an argument, never a shell's
            command, cwd=folder, env=environment, capture_output=True, timeout=child.SECONDS * 3, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadManuscript(f"{name} took too long to be read. Split it, or save its text as a new file.") from error
    if done.returncode == 3:
        raise BadManuscript(f"{name}: {done.stderr.decode('utf-8', 'replace')}")
    if done.returncode != 0:
        raise BadManuscript(_died(name, done.returncode, done.stderr))
    return _found(folder)


def _died(name: str, status: int, said: bytes) -> str:
    if status in {-9, -24}:  # the limits of processor time
        return f"{name} took too long to be read. Split it, or save its text as a new file."
    last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"status {status}"]
    return f"{name} could not be read: {last[0][:200]}. Save its text as a new file, or as plain HTML."


def _found(folder: Path) -> Read:
    said = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    manuscript = Manuscript(
        meta=said["meta"],
        pieces=[Piece(**one) for one in said["pieces"]],
        notes=said["notes"],
        dropped=[Dropped(**one) for one in said["dropped"]],
        noticed=[Dropped(**one) for one in said["noticed"]],
        pictures={source: (folder / file).read_bytes() for source, file in said["pictures"].items()},
        words_in=said["words_in"],
    )
    return Read(manuscript, said["words_out"])
