"""Readers come in by file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masthead.audience import importing
from masthead.audience.importing import CannotImport, Stopped
from masthead.audience.models import ConsentEvent, ImportRun, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.common.stopping import STOP
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression

Load = Callable[..., ImportRun]
pytestmark = pytest.mark.django_db


def report(run: ImportRun) -> list[list[str]]:
    if not run.report_path:
        return []
    with Path(run.report_path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def counts(run: ImportRun) -> dict[str, int]:
    found = {name: getattr(run, name) for name in importing.COUNTS}
    assert found["rows"] == sum(found.values()) - found["rows"]
    return {name: count for name, count in found.items() if count}


def test_a_plain_file_makes_readers_with_names_languages_and_merge_fields(load: Load, mailing_list: Any, now: Any) -> None:
    run = load("E-Mail;Vorname;Nachname;Sprache;Lieblings-Farbe\nRosa@Example.org;Rosa;Marin;de_CH;blau\n")
    assert counts(run) == {"rows": 1, "added": 1}
    assert (run.state, run.report_path, run.error) == (ImportRun.State.FINISHED, "", "")
    assert run.layout["separator"] == "semicolon"
    reader = Subscriber.objects.get()
    assert (reader.address, reader.address_key, reader.domain) == ("Rosa@example.org", "rosa@example.org", "example.org")
    assert (reader.name, reader.language) == ("Rosa Marin", "de-CH")
    assert reader.attributes == {"first_name": "Rosa", "last_name": "Marin", "lieblings_farbe": "blau"}
    assert bytes(reader.fingerprint) == fingerprint("rosa@example.org")
    assert (reader.source, reader.created_at, reader.mail_mode) == (f"import {run.pk}", now, "")
    subscription = Subscription.objects.get()
    assert (subscription.list, subscription.state, subscription.since) == (mailing_list, "active", now)
    event = ConsentEvent.objects.get()
    assert (event.kind, event.how, event.by, event.details) == ("imported", f"import {run.pk}", "command line", {})
    assert event.text is not None
    assert event.text.text == "Signed on paper."
    assert Entry.objects.get(action="readers.imported").details["added"] == 1


def test_every_row_that_is_not_added_is_named_with_its_line_and_reason(
    load: Load, reader: Subscriber, leaver: Subscriber, now: Any
) -> None:
    Suppression.objects.create(
        fingerprint=fingerprint("dead@example.org"), reason=Suppression.Reason.BOUNCED, created_at=now, by="system"
    )
    Suppression.objects.create(domain="blocked.example", reason=Suppression.Reason.STAFF, created_at=now, by="staff:1")
    run = load(
        "email,name\n"
        "new@example.org,New\n"
        "no address,Ann\n"
        "NEW@example.org,Twice\n"
        "\n"
        "ROSA@example.org,Rosa\n"
        "leo@example.net,Leo\n"
        "dead@example.org,Dead\n"
        "x@blocked.example,Blocked\n"
        ",,\n"
        "a@example.org,A,extra\n"
        "=cmd|' /C calc'!A0@,x\n"
        "=evil,x\n"
        f"long@example.org,{'n' * 201}\n"
    )
    assert counts(run) == {"rows": 11, "added": 1, "known": 1, "left_before": 1, "suppressed": 2, "rejected": 6}
    found = report(run)
    assert [row[0] for row in found] == ["3", "4", "6", "7", "8", "9", "11", "12", "13", "14"]
    reasons = {int(row[0]): row[2] for row in found}
    assert reasons[4] == "The same address is in line 2."
    assert reasons[6] == "Is on this list already."
    assert reasons[7] == "Left this list on 2026-11-22, so is not added again."
    assert reasons[8] == "Suppressed: the address is dead."
    assert reasons[9] == "Suppressed: all of blocked.example is blocked."
    assert reasons[11] == "The line has 3 columns, the heading has 2."
    assert reasons[14] == "The name has 201 characters; the most is 200."
    assert found[8][1] == "'=evil"
    leaver.refresh_from_db()
    assert leaver.subscriptions.get().state == Subscription.State.LEFT


def test_a_dry_run_gives_the_same_report_and_writes_nothing_else(load: Load, leaver: Subscriber) -> None:
    content = "email\nnew@example.org\nleo@example.net\nbad\nnew@example.org\n"
    before = (Subscriber.objects.count(), Subscription.objects.count(), ConsentEvent.objects.count(), Entry.objects.count())
    dry = load(content, dry_run=True)
    assert before == (
        Subscriber.objects.count(),
        Subscription.objects.count(),
        ConsentEvent.objects.count(),
        Entry.objects.count(),
    )
    real = load(content)
    assert counts(dry) == counts(real)
    assert report(dry) == report(real)


def test_importing_again_adds_only_the_rest(load: Load) -> None:
    load("email\na@example.org\nb@example.org\n")
    assert counts(load("email\na@example.org\nb@example.org\nc@example.org\n")) == {"rows": 3, "added": 1, "known": 2}
    assert Subscriber.objects.count() == 3
    assert ConsentEvent.objects.count() == 3


def test_a_reader_of_another_list_joins_and_keeps_what_is_known_of_them(load: Load, make_subscriber: Any) -> None:
    reader = make_subscriber("rosa@example.org", name="Rosa Marin")
    assert counts(load("email,name\nrosa@example.org,Someone Else\n")) == {"rows": 1, "added": 1}
    reader.refresh_from_db()
    assert reader.name == "Rosa Marin"
    assert reader.subscriptions.get().state == "active"


def test_who_waits_for_confirmation_is_confirmed_by_the_statement(load: Load, make_subscriber: Any, mailing_list: Any) -> None:
    reader = make_subscriber("rosa@example.org", mailing_list, state="pending")
    assert counts(load("email\nrosa@example.org\n")) == {"rows": 1, "added": 1}
    assert reader.subscriptions.get().state == "active"
    assert reader.consent_events.get().kind == "imported"


def test_one_column_needs_no_heading(load: Load) -> None:
    assert counts(load("a@example.org\nb@example.org\n")) == {"rows": 2, "added": 2}


def test_duplicates_are_found_across_batches(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    seen: list[tuple[int, int]] = []
    lines = [f"r{number}@example.org" for number in range(10)] + ["R0@example.org", "r9@example.org"]
    run = load("email\n" + "\n".join(lines), progress=lambda done, total: seen.append((done, total)))
    assert counts(run) == {"rows": 12, "added": 10, "rejected": 2}
    assert [row[2] for row in report(run)] == ["The same address is in line 2.", "The same address is in line 11."]
    assert seen[0] == (4, 13)
    assert seen[-1] == (13, 13)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("name,city\nAnn,Lyon\n", "No column is called “email”. The headings are: name, city."),
        ("a@example.org,Ann\nb@example.org,Bo\n", "The first line has no headings."),
        (",".join(f"c{number}" for number in range(10_000)) + "\n", "has more than 200 columns"),
        ("c," * 9_999 + "email\n", "has more than 200 columns"),
        ("x" * 70_000 + "\n", "Line 1, the heading, cannot be read: The line is longer than 64 KiB."),
        (b"PK\x03\x04abc", "This is no CSV file but a spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_a_sentence(load: Load, content: str | bytes, sentence: str) -> None:
    with pytest.raises(CannotImport, match=sentence.replace(".", r"\.")):
        load(content)
    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.FAILED
    assert sentence in run.error
    assert not Subscriber.objects.exists()


def test_an_import_that_is_stopped_says_what_was_done(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    content = "email\n" + "\n".join(f"r{number}@example.org" for number in range(7))
    with pytest.raises(Stopped):
        load(content, progress=lambda done, total: STOP.set())
    run = ImportRun.objects.get()
    assert (run.state, run.added, run.lines_done) == (ImportRun.State.FAILED, 2, 3)
    assert Subscriber.objects.count() == 2
    STOP.clear()
    assert counts(load(content)) == {"rows": 7, "added": 5, "known": 2}


def test_an_import_that_breaks_keeps_counts_of_whole_batches_only(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    calls = 0

    def second_fails(*arguments: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("disk full")

    monkeypatch.setattr(importing.import_batches, "add", second_fails)
    with pytest.raises(OSError, match="disk full"):
        load("email\n" + "\n".join(f"r{number}@example.org" for number in range(7)))
    run = ImportRun.objects.get()
    assert (run.state, run.rows, run.added) == (ImportRun.State.FAILED, 2, 2)
    assert "Import the file again" in run.error


def test_control_characters_do_not_get_into_names(load: Load) -> None:
    load('email,name,city\na@example.org,"Ann\nBcc: x@evil.example","Ly\u2028on"\n')
    reader = Subscriber.objects.get()
    assert (reader.name, reader.attributes) == ("Ann Bcc: x@evil.example", {"city": "Ly on"})


@pytest.mark.parametrize(
    "address", ["-oX@example.org", "a@b\n", "a@@example.org", "@example.org", "a@", "a b@example.org", "a\u202e@x.org"]
)
def test_addresses_that_are_none_are_rejected(load: Load, address: str) -> None:
    quoted = '"' + address + '"'
    assert counts(load(f"email,name\n{quoted},x\n")) == {"rows": 1, "rejected": 1}


def test_spreadsheets_in_other_scripts_are_understood(load: Load) -> None:
    load("ایمیل,نام,شهر\nsara@example.org,سارا,شیراز\n".encode("utf-16"))
    reader = Subscriber.objects.get()
    assert (reader.name, reader.attributes) == ("سارا", {"شهر": "شیراز"})


CELL = st.one_of(
    st.sampled_from(["a@example.org", "A@example.org", "b@example.org", "x", "", '"', "é@example.org", "a@b@c", "=1+1"]),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELL, CELL), max_size=12), end=st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_file_holds_the_counts_add_up_and_no_row_is_lost_in_silence(
    load: Load, rows: list[tuple[str, str]], end: str
) -> None:
    before = Subscriber.objects.count()
    run = load(("email,name" + end + end.join(",".join(row) for row in rows)).encode("utf-8", "surrogatepass"))
    found = counts(run)
    assert run.state == ImportRun.State.FINISHED
    assert Subscriber.objects.count() - before == found.get("added", 0)
    assert len(report(run)) == found.get("rows", 0) - found.get("added", 0)


def test_reports_and_uploads_lie_in_a_folder_of_their_own(load: Load, tmp_path: Path) -> None:
    run = load("email\nbad\n")
    assert Path(run.report_path).parent == tmp_path / "imports"
    assert Path(run.report_path).stat().st_mode & 0o077 == 0
