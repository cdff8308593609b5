"""The folder that holds all state of an embedded install, and the secrets that are made in it."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from masthead.config.environment import SettingError


def make(path: Path) -> None:
    """Make the folder if need be. Raises SettingError when nothing can be written there."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / ".writable"
        probe.touch()
        # Another process that starts at this moment may have taken it away already.
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise SettingError(f"MASTHEAD_DATA is {str(path)!r}, a folder Masthead cannot write to: {error.strerror}.") from error


def kept_secret(path: Path, given: str) -> bytes:
    """`given`, or a random key that is made once and kept at `path`, readable by its owner only."""
    if given:
        return given.encode()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Of several processes that start at this moment the first makes it, and nobody reads half of it.
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not path.exists() or path.stat().st_size == 0:
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_urlsafe(48).encode())
        return path.read_bytes()
    finally:
        os.close(folder)
