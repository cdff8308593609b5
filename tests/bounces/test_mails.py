"""Mails out of files, folders, mbox files and streams."""

import io
from pathlib import Path

from masthead.bounces import mails

ONE = b"Subject: one\n\nFrom the start it rained.\n"
TWO = b"Subject: two\n\n>From here on it is quoted.\n"
MBOX = (
    b"From a@example.net Tue Nov 10 08:00:00 2026\n"
    + ONE
    + b"\nFrom day one, nobody came.\n\nFrom b@example.net Tue Nov 10 08:00:01 2026\n"
    + TWO
)


def test_a_file_is_one_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(ONE)
    assert list(mails.find(tmp_path / "a.eml")) == [mails.Mail(str(tmp_path / "a.eml"), ONE)]


def test_an_mbox_is_taken_apart_at_its_separators_only() -> None:
    found = list(mails.stream(io.BytesIO(MBOX), "box"))
    assert [mail.name for mail in found] == ["box#1", "box#2"]
    assert found[0].raw == ONE + b"\nFrom day one, nobody came.\n\n"
    assert found[1].raw == TWO.replace(b">From", b"From")


def test_a_folder_is_read_in_order_and_in_depth(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "2").write_bytes(TWO)
    (tmp_path / "1").write_bytes(ONE)
    (tmp_path / ".hidden").write_bytes(ONE)
    assert [Path(mail.name).name for mail in mails.find(tmp_path)] == ["1", "2"]


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (found,) = mails.find(tmp_path / "nowhere")
    assert found.raw is None
    assert found.why == "No such file or directory"


def test_of_a_huge_file_only_what_is_looked_at_is_kept() -> None:
    (found,) = mails.stream(io.BytesIO(ONE + b"x" * 5_000_000), "-")
    assert found.raw is not None
    assert len(found.raw) == mails.MOST_BYTES
    box = b"From a@example.net Tue Nov 10 08:00:00 2026\n" + b"y" * 2_999_999 + b"\n" + b"z\n" * 900_000
    (found,) = mails.stream(io.BytesIO(box), "box")
    assert found.raw is not None
    assert len(found.raw) <= 3 * mails.MOST_BYTES
