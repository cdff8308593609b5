"""The whole main job from the command line: real processes, a real relay, real bytes."""

from __future__ import annotations

import csv
import json
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.install import Install, status_of
from tests.servers.processes import free_port, until
from tests.servers.sinks import Sink, recording_sink, smtp_sink

pytestmark = pytest.mark.journey

READERS = [f"reader{number}@example.org" for number in range(40)]
BODY = """\
Good morning, {{ name | "dear reader" }}.

## The vote

It was **eleven to ten**. See [the minutes](https://council.example.org/minutes).
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication that is live, forty readers, and No. 1971 as a draft: made once, copied for each test."""
    tmp_path = tmp_path_factory.mktemp("template")
    made = Install(tmp_path)
    made.run("init")
    made.run(
        *("publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"),
        *("--imprint", "The Courier, 7 Quay Street, Porthaven", "--live"),
    )
    with (tmp_path / "readers.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "name"])
        rows.writerows([address, address.partition("@")[0].title()] for address in READERS)
    counts = made.json("import", str(tmp_path / "readers.csv"), "--list", "The Courier")
    assert (counts["rows"], counts["added"]) == (40, 40)
    (tmp_path / "issue.md").write_text(BODY)
    number = made.run("issue", "create", str(tmp_path / "issue.md"), "--title", "The ferry stays", "--byline", "Maud Ellery")
    assert number == "1971\n"
    return tmp_path


@pytest.fixture
def install(template: Path, tmp_path: Path) -> Install:
    """A fresh copy of the install."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Install(tmp_path, {"PORT": str(free_port())})


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with smtp_sink(tmp_path) as sink:
        yield sink


def send(install: Install, *, status: int = 0) -> str:
    return install.run("send", "1971", "--list", "The Courier", "--wait", status=status)


def test_an_issue_reaches_every_reader_once_and_the_sum_adds_up(install: Install, sink: Sink) -> None:
    install.settings["SMTP_URL"] = sink.url
    assert "40 readers: 40 accepted." in send(install)
    assert sink.recipients() == sorted(READERS)
    # A repeated command finds the sending that there is.
    assert "40 readers: 40 accepted." in send(install)
    assert len(sink.mails()) == 40
    sums = install.json("verify", "1971")
    assert (sums["adds_up"], sums["audience"], sums["accepted"], sums["open"]) == (True, 40, 40, 0)
    assert (sums["repeated_count"], sums["repeated"], sums["uncertain_readers"]) == (0, [], [])


def test_who_joins_later_gets_it_by_a_further_sending_and_nobody_twice(install: Install, sink: Sink, tmp_path: Path) -> None:
    install.settings["SMTP_URL"] = sink.url
    further = ("send", "1971", "--list", "The Courier", "--joined-since", "--wait")
    assert "not sent yet" in install.run(*further, status=1)
    send(install)
    (tmp_path / "late.csv").write_text("email,name\nlate@example.org,Late\n")
    install.run("import", str(tmp_path / "late.csv"), "--list", "The Courier")
    assert "1 readers: 1 accepted." in install.run(*further)
    assert "Nobody has joined" in install.run(*further)
    assert sink.recipients() == sorted([*READERS, "late@example.org"])
    sums = install.json("verify", "1971")
    assert (sums["adds_up"], sums["audience"], sums["accepted"], sums["readers"], sums["in_two_campaigns"]) == (
        True,
        41,
        41,
        41,
        0,
    )
    assert [(each["reach"], each["audience"]) for each in sums["campaigns"]] == [("joined", 1), ("all", 40)]


def test_a_mail_carries_what_it_must(install: Install, sink: Sink) -> None:
    install.settings["SMTP_URL"] = sink.url
    send(install)
    mail = next(mail for mail in sink.mails() if "reader7@" in str(mail["To"]))
    assert mail["Subject"] == "The Courier No. 1971: The ferry stays"
    assert mail["From"] == "The Courier <courier@example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://[^>]+/u/\w+>, <mailto:[^>]+>", " ".join(str(mail["List-Unsubscribe"]).split()))
    assert len({str(mail["Message-ID"]) for mail in sink.mails()}) == 40
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for part in (text, html):
        assert "Good morning, Reader7." in part
        assert "7 Quay Street" in part
        assert "Maud Ellery" in part


def test_a_relay_that_is_not_there_pauses_the_sending_and_nothing_is_lost(install: Install, tmp_path: Path) -> None:
    port = free_port()
    install.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    said = send(install, status=1)
    assert "Paused" in said
    assert "refused" in said.lower()
    assert install.json("verify", "1971")["open"] == 40
    with smtp_sink(tmp_path, port=port) as sink:
        assert "40 readers: 40 accepted." in send(install)
        assert sink.recipients() == sorted(READERS)


def test_a_relay_that_refuses_is_quoted(install: Install, tmp_path: Path) -> None:
    port = free_port()
    install.settings["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    with smtp_sink(tmp_path, "-f", "MAIL", port=port):
        said = send(install, status=1)
    assert "Paused" in said
    assert "500 5.3.0 Error: command failed" in said
    assert install.json("verify", "1971")["adds_up"]
    with smtp_sink(tmp_path, port=port) as sink:
        assert "40 readers: 40 accepted." in send(install)
        assert sink.recipients() == sorted(READERS)


def test_a_full_disk_stops_the_sending_and_space_lets_it_go_on(install: Install, tmp_path: Path) -> None:
    """A limit on the size of files refuses what a full disk refuses; it can be set and lifted from outside."""
    with recording_sink(tmp_path, "--delay", "0.3") as sink:
        install.settings |= {"SMTP_URL": sink.url, "SMTP_CONNECTIONS": "2"}
        log = tmp_path / "send.log"
        command = install.command("send", "1971", "--list", "The Courier", "--wait")
        with log.open("wb") as output, subprocess.Popen(command, env=install.environment, stdout=output, stderr=output) as going:
            until(lambda: len(sink.dots()) >= 4, seconds=60, what="the sending has begun")
            resource.prlimit(going.pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
            until(lambda: "disk of the database is full" in log.read_text(), seconds=60, what="it says that the disk is full")
            # Two answers may have been on their way. From here on no dot can be written: each needs its commit before.
            most = len(sink.dots()) + 2
            until(lambda: log.read_text().count("disk of the database is full") >= 4, seconds=60, what="it tries again and again")
            assert going.poll() is None
            assert len(sink.dots()) <= most < 40
            resource.prlimit(going.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            assert going.wait(120) == 0, log.read_text()
    assert "can be written again" in log.read_text()
    assert sorted(dot["to"] for dot in sink.dots()) == sorted(READERS)
    sums = install.json("verify", "1971")
    assert (sums["adds_up"], sums["accepted"], sums["repeats"]) == (True, 40, 0)


def test_mail_without_a_relay_goes_to_the_built_in_inbox_and_pages_appear(install: Install) -> None:
    with install.serving() as url:
        # Another process runs the tasks; this one only watches.
        assert "40 readers: 40 accepted." in send(install)
        assert status_of(f"{url}/issues/1971/") == 200
        assert status_of(f"{url}/feed.atom") == 200
        assert status_of(f"{url}/u/{'a' * 34}") == 404
        listed = [json.loads(line) for line in install.run("inbox", "list", "--json").splitlines()]
        assert sorted(mail["to"] for mail in listed) == sorted(READERS)
        raw = install.run("inbox", "show", str(listed[0]["id"]))
        assert raw.startswith("From: The Courier <courier@example.org>")


def test_an_issue_in_test_mode_takes_no_number_and_is_not_public(tmp_path: Path, install: Install) -> None:
    install.run("publication", "create", "--name", "The Rehearsal", "--from", "stage@example.org", "--next-number", "7")
    publication = ("--publication", "the-rehearsal")
    number = install.run("issue", "create", str(tmp_path / "issue.md"), "--title", "A rehearsal", *publication)
    assert number == "7\n"
    install.run("send", "7", "--list", "The Courier", "--wait", *publication)
    subjects = {json.loads(line)["subject"] for line in install.run("inbox", "list", "--json").splitlines()}
    assert len(subjects) == 1
    assert subjects.pop().startswith("[TEST]")
    again = install.run("issue", "create", str(tmp_path / "issue.md"), "--title", "The first", *publication)
    assert again in {"7\n", "8\n"}


def test_an_issue_without_a_headline_cannot_be_sent_and_says_why(install: Install, tmp_path: Path) -> None:
    (tmp_path / "untitled.md").write_text("Only words.\n")
    number = install.run("issue", "create", str(tmp_path / "untitled.md")).strip()
    said = install.run("send", number, "--list", "The Courier", status=1)
    assert "headline" in said.lower()


def test_a_broken_file_of_readers_is_refused_row_by_row(install: Install, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"email,name\nnew@example.org,Nora\nnobody,No At\nreader1@example.org,Known\nlatin@example.org,Jos\xe9\n")
    counts = install.json("import", str(path), "--list", "The Courier")
    assert counts["rows"] == counts["added"] + counts["known"] + counts["left_before"] + counts["suppressed"] + counts["rejected"]
    assert counts["rejected"] >= 1
    report = list(csv.DictReader(Path(counts["report"]).read_text(encoding="utf-8-sig").splitlines()))
    assert any(row["line"] == "3" and row["reason"] for row in report)


def test_ten_thousand_columns_are_refused_in_a_sentence(install: Install, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{number}" for number in range(10_000)) + "\n" + ",".join("x" for _ in range(10_000)) + "\n")
    said = install.run("import", str(path), "--list", "The Courier", status=1)
    assert said.count("\n") == 1
    assert "column" in said


def test_a_dry_run_changes_nothing(install: Install, tmp_path: Path) -> None:
    counts = install.json("import", str(tmp_path / "readers.csv"), "--list", "A new list", "--dry-run")
    assert counts["rows"] == 40
    said = install.run("send", "1971", "--list", "A new list", status=1)
    assert "There is no list 'A new list'" in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("send", "1999", "--list", "The Courier"), "no issue No. 1999"),
        (("send", "1971", "--list", "Nobody's"), "There is: The Courier"),
        (("send", "1971", "--list", "The Courier", "--at", "tomorrow"), "is not a time"),
        (("verify", "1971"), "was never sent"),
        (("inbox", "show", "4711"), "holds no mail 4711"),
        (("publication", "create", "--name", "X", "--from", "no address"), "sender address"),
        (("publication", "create", "--name", "X", "--from", "x@example.org", "--live"), "imprint"),
        (("import", "/nowhere.csv", "--list", "The Courier"), "/nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(install: Install, command: tuple[str, ...], words: str) -> None:
    status = 2 if command[0] == "import" else 1
    assert words in install.run(*command, status=status)
