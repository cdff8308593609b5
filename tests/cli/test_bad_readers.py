"""What files of readers hold by mistake or malice, through `masthead import`: each row is taken, or named with the reason."""

from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from openpyxl import Workbook

from masthead.audience import importing
from masthead.audience.models import ConsentEvent, ImportRun, MailingList, Subscriber, Subscription
from masthead.audience.segments import saving, tree
from masthead.cli.main import masthead
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Issue
from masthead.mail.models import SingleMail
from tests.servers.processes import in_a_process_of_its_own

pytestmark = pytest.mark.django_db
#: Kinds of the isemail set that mail can be sent to: dots, digits, signs, long parts, IDN, SMTPUTF8.
GOOD = [
    "test@iana.example", "t.e.s.t@example.org", "!#$%&'*+/=?^_`{|}~@example.org", "123@example.org", "a@b.c-d.example",
    f"{'l' * 64}@example.org", f"test@{'d' * 63}.org", f"a@{'x' * 63}.{'y' * 63}.{'z' * 40}.example", "xn--test@example.org",
    "test@xn--strae-oqa.example", "test@straße.example", "post@bücher.example", "jörg@example.org",
]  # fmt: skip
#: And those that no list should hold: comments, folding, quoted parts, literals, odd dots and labels.
BAD = [
    "test", "@", "test@", "@io.example", "test@io", ".test@example.org", "test.@example.org", "test..x@example.org",
    "te@st@example.org", "test@-example.org", "test@example-.org", "test@.example.org", "test@example.org.", "test@example..org",
    f"{'l' * 65}@example.org", f"test@{'d' * 64}.org", f"a@{'.'.join(['d' * 60] * 5)}",
    '"test"@example.org', '"te st"@example.org', '""@example.org', r'"\a"@example.org', r"te\st@example.org",
    "test@[255.255.255.255]", "test@[IPv6:1111:2222:3333:4444:5555:6666:7777:8888]", "test@[RFC-5322-domain-literal]",
    "test@1.2.3.4", "(comment)test@example.org", "test@(comment)example.org", "test@example.org(comment)", "test @example.org",
    "test@ example.org", "test\r\n @example.org", "test@example.org\n", "te\x07st@example.org", "test@exa\u00admple.org",
    "\u202etest@example.org", "test\uff20example.org", "test@example.123", "test@exa_mple.org", "test@xn--.example",
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def take(data: Path, mailing_list: MailingList) -> Callable[..., dict[str, Any]]:
    """A function: the bytes of a file → what `masthead import --json` says, with every row of the result file."""

    def take(content: bytes, *options: str, name: str = "readers.csv", status: int = 0) -> dict[str, Any]:
        (data / name).write_bytes(content)
        result = CliRunner().invoke(masthead, ["import", str(data / name), "--list", "The Courier", "--json", *options])
        assert result.exit_code == status, f"{result.output} {result.exception}"
        if status:
            return {"said": f"{result.output} {result.exception}"}
        said: dict[str, Any] = json.loads(result.stdout)
        with Path(ImportRun.objects.latest("pk").report_path).open(encoding="utf-8-sig", newline="") as file:
            said["each"] = [(row[1], row[2], row[3]) for row in list(csv.reader(file))[1:]]
        return said

    return take


def quoted(addresses: list[str]) -> bytes:
    return ("email,name\n" + "".join(f'"{each.replace(chr(34), chr(34) * 2)}",x\n' for each in addresses)).encode()


def test_addresses_of_every_good_kind_are_taken(take: Any) -> None:
    said = take(quoted(GOOD))
    assert (said["rows"], said["added"]) == (len(GOOD), len(GOOD) - 1)
    assert [row for row in said["each"] if row[1] != "added"] == [
        ("test@straße.example", "rejected", "The same address is in line 11.")
    ]


def test_addresses_of_every_bad_kind_are_refused_with_a_reason(take: Any) -> None:
    said = take(quoted(BAD))
    kept = set(Subscriber.objects.values_list("address", flat=True))
    assert kept <= {"test@example.org"}, "a line end after an address is no part of it"
    assert said["added"] == len(kept)
    assert said["rows"] == len(BAD) == len(said["each"])
    assert all(why for _address, result, why in said["each"] if result != "added")


def test_nul_bytes_and_mixed_encodings_cost_their_own_lines_at_most(take: Any) -> None:
    said = take(b"email,name\na@example.org,Zo\xc3\xab\nb@exa\0mple.org,Bo\nc@example.org,Zo\xeb\nd@example.org,\xe9t\xe9\n")
    assert (said["added"], said["rejected"]) == (3, 1)
    assert dict(Subscriber.objects.values_list("address", "name")) == {
        "a@example.org": "Zoë",
        "c@example.org": "Zoë",
        "d@example.org": "été",
    }


def test_a_missing_heading_is_said_with_the_way_out(take: Any) -> None:
    content = b"Ann,a@example.org\nBo,b@example.org\n"
    assert "The first line has no headings." in take(content, status=1)["said"]
    assert not Subscriber.objects.exists()
    assert take(content, "--map", "2=email", "--map", "1=name")["added"] == 2


def test_a_doubled_heading_is_named_and_the_first_column_of_a_name_counts(take: Any) -> None:
    said = take(b"email,name,email\nemail,name,email\na@example.org,Ann,other@example.org\n")
    assert (said["added"], said["rejected"]) == (1, 1)
    assert ("email", "rejected", "The heading stands here once more.") in said["each"]
    assert Subscriber.objects.get().attributes == {"email_2": "other@example.org"}


def test_a_formula_of_a_workbook_is_named_and_never_read(take: Any, data: Path) -> None:
    book = Workbook()
    for row in (["email", "name"], ["a@example.org", "Ann"], ['=HYPERLINK("https://evil.example","b@example.org")', "Bo"]):
        book.worksheets[0].append(row)
    book.save(data / "book.xlsx")
    said = take((data / "book.xlsx").read_bytes(), name="readers.xlsx")
    assert (said["added"], said["rejected"]) == (1, 1)
    assert any("formula" in why for _address, result, why in said["each"] if result == "rejected")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["The Courier", "A new list"])
@pytest.mark.parametrize("interrupted", [False, True])
def test_a_dry_run_keeps_nobody_from_writing_and_leaves_nothing_behind(
    data: Path, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch, name: str, *, interrupted: bool
) -> None:
    """A transaction around it all would be the only one that may write on SQLite, for as long as the file is read."""
    (data / "readers.csv").write_text("email\nrosa@example.org\n")
    real, seen = importing.examine, list[bool]()

    def examined(*arguments: Any, **options: Any) -> Any:
        seen.append(connection.in_atomic_block)
        if interrupted:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(importing, "examine", examined)
    command = ["import", str(data / "readers.csv"), "--list", name, "--dry-run", "--json"]
    result = CliRunner().invoke(masthead, command)
    assert seen == [False]
    assert (result.exit_code == 0) is not interrupted
    if not interrupted:
        said = json.loads(result.stdout)
        assert (said["added"], said["list"]) == (1, mailing_list.slug if name == mailing_list.name else "a-new-list")
    assert [each.name for each in MailingList.objects.all()] == ["The Courier"]
    assert not ImportRun.objects.exists()
    assert not Subscriber.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_import_one_file_and_each_reader_is_made_once(
    data: Path, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 20)
    (data / "readers.csv").write_text("email\n" + "".join(f"r{number}@example.org\n" for number in range(100)))
    command = ["import", str(data / "readers.csv"), "--list", "The Courier", "--json"]
    ends = [in_a_process_of_its_own(lambda: masthead(command, standalone_mode=False)) for _ in range(2)]
    assert [end() for end in ends] == [0, 0]
    runs = list(ImportRun.objects.all())
    assert [(run.state, run.rows, run.added + run.known) for run in runs] == [("finished", 100, 100)] * 2
    assert sum(run.added for run in runs) == 100
    assert Subscriber.objects.count() == Subscription.objects.count() == ConsentEvent.objects.count() == 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
def test_an_import_that_is_ended_half_way_goes_on_by_command_and_nothing_is_half_done(
    data: Path, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], how: signal.Signals
) -> None:
    monkeypatch.setattr(importing, "BATCH", 20)
    (data / "readers.csv").write_text("email\n" + "".join(f"r{number}@example.org\n" for number in range(100)) + "nonsense\n")
    real, calls = importing.batches.write, 0

    def killed(*arguments: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        real(*arguments, **options)
        if calls == 3:
            # Whoever runs the tests in the background hands on that SIGINT is ignored.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.kill(os.getpid(), how)

    monkeypatch.setattr(importing.batches, "write", killed)
    command = ["import", str(data / "readers.csv"), "--list", "The Courier"]
    ended = in_a_process_of_its_own(lambda: masthead(command, standalone_mode=False))
    assert ended() in ({-signal.SIGKILL} if how == signal.SIGKILL else {1, 130})
    monkeypatch.setattr(importing.batches, "write", real)
    run = ImportRun.objects.get()
    told = f"{run.rows} rows are done. Go on with: masthead import --resume {run.pk}"
    assert (told in capfd.readouterr().err) == (how == signal.SIGINT)
    assert 0 < run.added == Subscriber.objects.count() == ConsentEvent.objects.count() < 100
    result = CliRunner().invoke(masthead, ["import", "--resume", str(run.pk), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["rows"], said["added"], said["rejected"]) == (101, 100, 1)
    assert Subscriber.objects.count() == ConsentEvent.objects.count() == 100


def test_a_segment_of_a_deleted_list_says_so_and_sends_nothing(
    publication: Any, make_subscriber: Any, mailing_list: MailingList, now: Any
) -> None:
    make_subscriber("rosa@example.org", mailing_list)
    gone = MailingList.objects.create(name="Fair", slug="fair")
    rule = tree.read({"if": "list", "of": str(gone.pk), "is": "active"})
    saving.create(name="Fairgoers", rule=rule, by="system", now=now)
    issue = Issue.objects.create(publication=publication, number=1971, title="The ferry runs again")
    make_subscriber("leo@example.org", gone)
    refused = CliRunner().invoke(masthead, ["list", "delete", "fair"])
    assert refused.exit_code == 1 and "1 reader is on it" in refused.output and "Fairgoers" in refused.output
    assert "say --yes" in f"{refused.output} {refused.exception}"
    assert CliRunner().invoke(masthead, ["list", "delete", "fair", "--yes"]).output == "The list “Fair” is deleted.\n"
    assert "Fair (fair)" not in CliRunner().invoke(masthead, ["list", "show"]).output
    assert "List “Fair” (gone) is on it. It cannot be used: the list “Fair” is gone" in (
        CliRunner().invoke(masthead, ["segment", "list"]).output
    )
    for command in ("send", "dry-run"):
        options = [command, str(issue.number), "--list", "The Courier", "--segment", "Fairgoers"]
        result = CliRunner().invoke(masthead, options)
        assert result.exit_code == 1
        assert "The segment “Fairgoers” cannot be used" in f"{result.output} {result.exception}"
    assert not Campaign.objects.exists() and not Delivery.objects.exists() and not SingleMail.objects.exists()
