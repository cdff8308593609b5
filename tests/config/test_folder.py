"""The folder of an install when several processes start at the same moment."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from masthead.config import folder


def test_another_process_may_take_the_probe_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch = Path.touch

    def taken_away(self: Path, *arguments: int, **more: bool) -> None:
        touch(self, *arguments, **more)
        self.unlink()

    monkeypatch.setattr(Path, "touch", taken_away)
    folder.make(tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_all_who_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(folder.kept_secret(tmp_path / "token.key", ""))

    threads = [threading.Thread(target=start) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), len(found[0])) == (8, 1, 64)
    assert (tmp_path / "token.key").stat().st_mode & 0o777 == 0o600


def test_a_key_whose_making_was_cut_off_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "token.key").touch()
    assert len(folder.kept_secret(tmp_path / "token.key", "")) == 64
    assert folder.kept_secret(tmp_path / "token.key", "given") == b"given"
