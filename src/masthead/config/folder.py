"""The folder that holds all state of an embedded install, and the secrets that are made in it."""

from __future__ import annotations

import secrets
from pathlib import Path

from masthead.config.environment import SettingError


def make(path: Path) -> None:
    """Make the folder if need be. Raises SettingError when nothing can be written there."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingError(f"MASTHEAD_DATA is {str(path)!r}, a folder Masthead cannot write to: {error.strerror}.") from error


def kept_secret(path: Path, given: str) -> bytes:
    """`given`, or a random key that is made once and kept at `path`, readable by its owner only."""
    if given:
        return given.encode()
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48).encode())
    except FileExistsError:
        pass
    return path.read_bytes()
