"""The process that reads one manuscript with limits on time, memory and files: `python -m … KIND FILE FOLDER`.

It gets a file of a stranger and no secret: no settings, no database, an empty environment. What it found is `found.json` and one
file for each picture in FOLDER; what it could not read is one sentence on standard error and status 3.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from masthead.issues.manuscripts import kinds, words
from masthead.issues.manuscripts.neutral import BadManuscript

SECONDS = 60
MEMORY = 1_500_000_000
_LARGEST_FILE = 300_000_000


def main(kind: str, file: str, folder: str) -> int:
    """Read FILE as KIND. 0 when it was read, 3 when it could not be."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        found = kinds.READERS[kind](Path(file).read_bytes())
    except BadManuscript as error:
        sys.stderr.write(str(error))
        return 3
    except MemoryError:
        sys.stderr.write("The manuscript needs too much memory to be read. Split it, or make its pictures smaller.")
        return 3
    names = {}
    for place, (source, data) in enumerate(found.pictures.items()):
        (Path(folder) / f"{place}.picture").write_bytes(data)
        names[source] = f"{place}.picture"
    found.pictures = {}
    said = {**asdict(found), "pictures": names, "words_out": words.kept_count(found)}
    (Path(folder) / "found.json").write_text(json.dumps(said), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
