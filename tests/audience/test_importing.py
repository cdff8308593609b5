"""Readers come in by file."""

from __future__ import annotations

import csv
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from masthead.audience import defining, importing, keeping, searching
from masthead.audience.importing import CannotImport, Stopped
from masthead.audience.imports import indexes, logs, words
from masthead.audience.models import ConsentEvent, ImportRun, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.common.address_faults import Fault
from masthead.common.stopping import STOP
from masthead.mail import address_words
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression

Load = Callable[..., ImportRun]
pytestmark = pytest.mark.django_db


def every_row(run: ImportRun) -> list[list[str]]:
    with Path(run.report_path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def report(run: ImportRun) -> list[list[str]]:
    """Line, address and reason of the rows that were not added."""
    return [[line, address, reason] for line, address, result, reason in every_row(run) if result != "added"]


def counts(run: ImportRun) -> dict[str, int]:
    found = {name: getattr(run, name) for name in importing.COUNTS}
    assert found["rows"] == sum(found.values()) - found["rows"]
    return {name: count for name, count in found.items() if count}


def test_a_plain_file_makes_readers_with_names_languages_and_merge_fields(load: Load, mailing_list: Any, now: Any) -> None:
    run = load("E-Mail;Vorname;Nachname;Sprache;Lieblings-Farbe\nRosa@Example.org;Rosa;Marin;de_CH;blau\n")
    assert counts(run) == {"rows": 1, "added": 1}
    assert (run.state, run.error) == (ImportRun.State.FINISHED, "")
    assert every_row(run) == [["2", "Rosa@Example.org", "added", ""]]
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


def test_what_means_something_to_a_database_stays_what_it_is(load: Load) -> None:
    odd = ["\\N", "\\.", "a\\tb", 'O\\"Hara', "\\\\server\\new", "{}", "$import$ %s"]
    rows = [
        f'o{number}@example.org,"{cell.replace(chr(34), chr(34) * 2)}","{cell.replace(chr(34), chr(34) * 2)}"'
        for number, cell in enumerate(odd)
    ]
    run = load("email,name,city\n" + "\n".join(rows) + "\nBack\\slash@example.org,Tab\tbed,two\tcells\n")
    assert counts(run) == {"rows": 8, "added": 7, "rejected": 1}
    readers = list(Subscriber.objects.order_by("address_key"))
    assert [(reader.name, reader.attributes["city"]) for reader in readers] == [(cell, cell) for cell in odd]


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
    assert reasons[6] == "Is on this list already; kept as it is: name."
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
        (b"PK\x03\x04abc", "This is neither CSV nor XLSX"),
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

    monkeypatch.setattr(importing.batches, "write", second_fails)
    with pytest.raises(OSError, match="disk full"):
        load("email\n" + "\n".join(f"r{number}@example.org" for number in range(7)))
    run = ImportRun.objects.get()
    assert (run.state, run.rows, run.added) == (ImportRun.State.FAILED, 2, 2)
    assert "It can go on" in run.error
    assert len(every_row(run)) == 2


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


def test_an_address_cell_may_say_more_than_the_address(load: Load) -> None:
    run = load(
        "email;name\nRosa Marin <rosa@example.org>;\n<leo@example.org>;Leo\nmailto:ida@example.org;\n"
        'a@example.org, b@example.org;\n"Marin, Ann <ann@example.org>";Ann M.\n'
    )
    assert dict(Subscriber.objects.values_list("address", "name")) == {
        "rosa@example.org": "Rosa Marin",
        "leo@example.org": "Leo",
        "ida@example.org": "",
        "ann@example.org": "Ann M.",
    }
    assert report(run) == [
        [
            "5",
            "a@example.org, b@example.org",
            "There are 2 addresses in this cell. Give each a line of its own, or paste them as a list.",
        ]
    ]


def test_spreadsheets_in_other_scripts_are_understood(load: Load) -> None:
    load("ایمیل,نام,شهر\nsara@example.org,سارا,شیراز\n".encode("utf-16"))
    reader = Subscriber.objects.get()
    assert (reader.name, reader.attributes) == ("سارا", {"شهر": "شیراز"})


def test_columns_can_be_said_by_heading_or_number(load: Load) -> None:
    run = load("Kontakt,Wer,Ort,Notiz\na@example.org,Ann,Lyon,x\n", mapping={"kontakt": "email", "2": "name", "Notiz": "-"})
    reader = Subscriber.objects.get()
    assert (reader.name, reader.attributes) == ("Ann", {"ort": "Lyon"})
    assert run.layout["fields"] == ["email", "name", "ort", "-"]
    assert run.layout["entries"] == ["a@example.org", "Ann", "Lyon", "x"]


def test_a_table_without_a_heading_is_read_by_numbers(load: Load) -> None:
    assert counts(load("Ann,a@example.org\nBo,b@example.org\n", mapping={"2": "email", "1": "name"})) == {"rows": 2, "added": 2}
    assert set(Subscriber.objects.values_list("name", flat=True)) == {"Ann", "Bo"}


def test_a_mapping_that_does_not_fit_is_refused_with_the_headings(load: Load) -> None:
    with pytest.raises(CannotImport, match=r"“Mail = email” does not fit.*email, name"):
        load("email,name\na@example.org,Ann\n", mapping={"Mail": "email"})


def test_a_heading_in_mid_file_is_named_as_that(load: Load) -> None:
    run = load("email,name\na@example.org,Ann\nemail,name\nb@example.org,Bo\n")
    assert counts(run) == {"rows": 3, "added": 2, "rejected": 1}
    assert report(run) == [["3", "email", "The heading stands here once more."]]


def test_pasted_addresses_are_a_file_like_any_other(load: Load) -> None:
    run = load('Rosa Marin <rosa@example.org>, leo@example.net;\n"Lane, Edith" <edith@example.org>, nonsense@\n')
    assert counts(run) == {"rows": 4, "added": 3, "rejected": 1}
    assert dict(Subscriber.objects.values_list("address", "name")) == {
        "rosa@example.org": "Rosa Marin",
        "leo@example.net": "",
        "edith@example.org": "Lane, Edith",
    }
    assert report(run)[0][:2] == ["2", "nonsense@"]


def test_a_workbook_is_read_and_its_formulas_are_not(load: Load, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["E-Mail", "Name", "Ort"])
    sheet.append(["a@example.org", "Zoë", "Lyon"])
    sheet.append(['=CONCATENATE("b","@example.org")', "Bo", ""])
    book.save(tmp_path / "book")
    run = load((tmp_path / "book").read_bytes())
    assert counts(run) == {"rows": 2, "added": 1, "rejected": 1}
    assert "The row holds a formula" in report(run)[0][2]
    assert Subscriber.objects.get().attributes == {"ort": "Lyon"}


def test_what_a_file_says_otherwise_is_named_and_written_only_when_asked(load: Load, reader: Subscriber) -> None:
    content = "email,name,city\nrosa@example.org,Rosa M.,Lyon\n"
    first = load(content)
    assert counts(first) == {"rows": 1, "known": 1}
    assert report(first)[0][2] == "Is on this list already; kept as it is: name, city."
    dry = load(content, update_known=True, dry_run=True)
    assert counts(dry) == {"rows": 1, "changed": 1}
    reader.refresh_from_db()
    assert reader.name == "Rosa Marin"
    done = load(content, update_known=True)
    assert report(done)[0][2] == "Changes: name, city."
    reader.refresh_from_db()
    assert (reader.name, reader.attributes) == ("Rosa M.", {"city": "Lyon"})
    assert counts(load(content, update_known=True)) == {"rows": 1, "known": 1}


def test_an_import_that_was_killed_goes_on_where_it_stopped(load: Load, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    lines = [f"r{number}@example.org" for number in range(10)] + ["R0@example.org", "nonsense"]
    real = importing.batches.write

    def killed(*arguments: Any, **options: Any) -> None:
        if ImportRun.objects.get().rows:
            raise KeyboardInterrupt
        real(*arguments, **options)

    monkeypatch.setattr(importing.batches, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        load("email\n" + "\n".join(lines))
    monkeypatch.setattr(importing.batches, "write", real)
    run = ImportRun.objects.get()
    # As after kill -9: nobody had the time to write down that it has failed, and half a batch stands in the report.
    ImportRun.objects.update(state="running")
    with Path(run.report_path).open("a") as file:
        file.write('"5","half a')
    run = importing.execute(run=run, path=Path(run.stored_path), now=now)
    assert (run.state, counts(run)) == ("finished", {"rows": 12, "added": 10, "rejected": 2})
    assert [row[0] for row in every_row(run)] == [str(line) for line in range(2, 14)]
    assert report(run)[0] == ["12", "R0@example.org", "The same address is in line 2."]
    assert ConsentEvent.objects.count() == Subscription.objects.count() == 10


def test_an_address_that_comes_again_in_a_later_batch_is_named_with_its_first_line_whatever_became_of_that(
    load: Load, monkeypatch: pytest.MonkeyPatch, now: Any
) -> None:
    load("email\nknown@example.org\nleft@example.org\n")
    Subscription.objects.filter(subscriber__address="left@example.org").update(state="left")
    suppressed = fingerprint("stopped@example.org")
    Suppression.objects.create(fingerprint=suppressed, reason="bounced", created_at=now, by="test")
    monkeypatch.setattr(importing, "BATCH", 2)
    lines = [f"{name}@example.org" for name in ("new", "known", "left", "stopped", "other")]
    for dry_run in (True, False):
        run = load("email\n" + "\n".join(lines + lines), dry_run=dry_run)
        assert counts(run) == {"rows": 10, "added": 2, "known": 1, "left_before": 1, "suppressed": 1, "rejected": 5}
        again = [row for row in report(run) if row[2].startswith("The same address")]
        assert again == [[str(7 + place), lines[place], f"The same address is in line {2 + place}."] for place in range(5)]


def test_a_column_whose_attribute_is_defined_is_read_by_its_kind(load: Load, now: Any) -> None:
    for kind, label in [("number", "Age"), ("boolean", "Sails"), ("date", "Joined"), ("text", "City")]:
        defining.create(kind=kind, label=label, by="staff:1", now=now)
    defining.create(kind="choices", label="When", choices=["Morning", "Evening"], by="staff:1", now=now)
    content = (
        "email\tAge\tSails\tJoined\tCity\tWhen\na@example.org\t41\tja\t3. 4. 2021\tLyon\tevening, morning\n"
        "b@example.org\t\t\t\t\t ;\nc@example.org\tmany\t\t\t\t\n"
    )
    run = load(content)
    assert counts(run) == {"rows": 3, "added": 2, "rejected": 1}
    assert report(run) == [["4", "c@example.org", "Age: This is no number: many. Examples: 12, -3, 4.5"]]
    first, second = Subscriber.objects.order_by("address")
    assert first.attributes == {
        "age": 41,
        "sails": True,
        "joined": "2021-04-03",
        "city": "Lyon",
        "when": ["Morning", "Evening"],
    }
    assert second.attributes == {}
    assert counts(load(content)) == {"rows": 3, "known": 2, "rejected": 1}
    assert report(load(content.replace("41", "42")))[0][2].endswith("age.")
    load(content.replace("41", "42"), update_known=True)
    first.refresh_from_db()
    assert first.attributes["age"] == 42


def test_two_imports_at_once_make_each_reader_once_and_both_say_what_they_did(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    content = "email\n" + "\n".join(f"r{number}@example.org" for number in range(6))
    others: list[ImportRun] = []

    def meanwhile(done: int, total: int) -> None:
        if not others:
            others.append(load(content))

    first = load(content, progress=meanwhile)
    assert counts(first) == {"rows": 6, "added": 2, "known": 4}
    assert counts(others[0]) == {"rows": 6, "added": 4, "known": 2}
    assert Subscriber.objects.count() == Subscription.objects.count() == ConsentEvent.objects.count() == 6
    assert [len(every_row(run)) for run in (first, others[0])] == [6, 6]


def test_a_run_that_another_process_took_is_not_written_on(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    content = "email\n" + "\n".join(f"r{number}@example.org" for number in range(7))
    with pytest.raises(Stopped):
        load(content, progress=lambda done, total: ImportRun.objects.update(claim="another"))
    run = ImportRun.objects.get()
    assert (run.state, run.added, len(every_row(run))) == ("running", 2, 2)
    assert Subscriber.objects.count() == 2


def test_a_cancelled_import_leaves_whole_batches_and_can_go_on(load: Load, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    content = "email\n" + "\n".join(f"r{number}@example.org" for number in range(7))
    with pytest.raises(Stopped):
        load(content, progress=lambda done, total: importing.cancel(run=ImportRun.objects.get(), by="staff:1", now=now))
    run = ImportRun.objects.get()
    assert (run.state, run.added) == ("cancelled", 2)
    assert importing.reopen(run=run)
    run = importing.execute(run=run, path=Path(run.stored_path), now=now)
    assert (run.state, counts(run)) == ("finished", {"rows": 7, "added": 7})
    assert not importing.cancel(run=run, by="staff:1", now=now)


def test_a_file_that_changed_in_between_is_not_gone_on_with(load: Load, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    with pytest.raises(Stopped):
        load("email\na@example.org\nb@example.org\nc@example.org\n", progress=lambda done, total: STOP.set())
    STOP.clear()
    run = ImportRun.objects.get()
    Path(run.stored_path).write_text("email\nz@example.org\n")
    importing.reopen(run=run)
    with pytest.raises(CannotImport, match="has changed"):
        importing.execute(run=run, path=Path(run.stored_path), now=now)
    assert Subscriber.objects.count() == 2


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


def test_a_batch_is_written_as_a_whole_or_not_at_all(load: Load, monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    real, calls = importing.batches.write, 0

    def second_fails(*arguments: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("disk full")
        real(*arguments, **options)

    monkeypatch.setattr(importing.batches, "write", second_fails)
    with pytest.raises(OSError, match="disk full"):
        load("email\n" + "\n".join(f"r{number}@example.org" for number in range(9)) + "\nR0@example.org")
    run = ImportRun.objects.get()
    assert (run.rows, run.added, run.records_done, Subscriber.objects.count()) == (4, 4, 4, 4)
    assert len(every_row(run)) == 4
    assert not list(Path(run.report_path).parent.glob("rows-*"))
    assert importing.reopen(run=run)
    run = importing.execute(run=run, path=Path(run.stored_path), now=now)
    assert counts(run) == {"rows": 10, "added": 9, "rejected": 1}
    assert report(run) == [["11", "R0@example.org", "The same address is in line 2."]]
    assert gc.isenabled()


def test_what_is_said_of_a_row_is_said_in_the_language_of_whoever_imports(load: Load) -> None:
    with translation.override("fr"):
        run = load("email\nrosa@example.org\nRosa@example.org\n")
        expected = words.duplicate(2)
    assert expected != words.duplicate(2)
    assert report(run) == [["3", "Rosa@example.org", expected]]


def test_why_an_address_is_none_is_said_in_that_language_too(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(address_words._WORDS, Fault.NO_DOT, "„%(domain)s“ hat keinen Punkt.")  # type: ignore[arg-type]
    assert report(load("address\nrosa@example\n")) == [["2", "rosa@example", "„example“ hat keinen Punkt."]]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the cache is SQLite's")
def test_an_import_gives_back_the_memory_it_took(load: Load) -> None:
    before = pragma("cache_size")
    load("email\nrosa@example.org\n")
    assert pragma("cache_size") == before


def test_readers_who_are_written_at_once_are_found_by_parts_of_their_address(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    load("email\n" + "".join(f"rosa{number}@meadow.example\n" for number in range(5)))
    again = load("email\nrosa4@meadow.example\nleo@brook.example\nrosa0@meadow.example\nida@brook.example\n")
    assert counts(again) == {"rows": 4, "added": 2, "known": 2}
    found = searching.containing(Subscriber.objects.all(), "brook.exa")
    assert sorted(found.values_list("address", flat=True)) == ["ida@brook.example", "leo@brook.example"]
    assert Subscription.objects.filter(subscriber__domain="brook.example", state="active").count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such trigger")
def test_the_index_of_parts_follows_every_change_after_it_took_many_readers_at_once(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "_MANY_AT_ONCE", 2)
    monkeypatch.setattr(importing, "BATCH", 3)
    load("email,name\n" + "".join(f"rosa{number}@meadow.example,Rosa\n" for number in range(7)))

    def found(text: str) -> set[str]:
        monkeypatch.setattr(searching, "_FEW", 5)
        return set(searching.containing(Subscriber.objects.all(), text).values_list("address", flat=True))

    assert len(found("rosa")) == 7
    Subscriber.objects.create(address="ida@brook.example", address_key="ida@brook.example", created_at=timezone.now())
    Subscriber.objects.filter(address="rosa3@meadow.example").update(name="Thorn")
    Subscriber.objects.get(address="rosa4@meadow.example").delete()
    assert (found("brook"), found("thorn"), found("rosa4")) == ({"ida@brook.example"}, {"rosa3@meadow.example"}, set())
    with connection.cursor() as cursor:
        # FTS5 compares the whole index with the readers: an error says that they differ.
        cursor.execute("INSERT INTO audience_search (audience_search, rank) VALUES ('integrity-check', 1)")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such trigger")
def test_a_batch_that_fails_leaves_the_index_of_parts_as_it_was(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_MANY_AT_ONCE", 2)

    def fails(*_arguments: Any, **_options: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(importing.batches, "write", fails)
    with pytest.raises(OSError, match="disk full"):
        load("email\nrosa@meadow.example\nida@meadow.example\n")
    assert indexes._trigger()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audience_search (audience_search, rank) VALUES ('integrity-check', 1)")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the log is SQLite's")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("most", [0, 1 << 30])
def test_an_import_leaves_nothing_in_the_log_and_all_settings_as_they_were(
    load: Load, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    monkeypatch.setattr(logs, "_MOST", most)
    before = [pragma(name) for name in ("wal_autocheckpoint", "cache_size", "foreign_keys", "synchronous")]
    run = load("email\n" + "".join(f"rosa{number}@meadow.example\n" for number in range(9)))
    assert counts(run) == {"rows": 9, "added": 9}
    assert [pragma(name) for name in ("wal_autocheckpoint", "cache_size", "foreign_keys", "synchronous")] == before
    assert before[2] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        (path,) = cursor.fetchone()
    # What came after the import is the end of the run.
    assert Path(f"{path}-wal").stat().st_size < 200_000


def pragma(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])


def indexes_there() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Subscriber._meta.db_table)
    return {"subscriber_fingerprint", "subscriber_domain"} & set(found)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_large_beside_the_readers_there_are_is_read_without_indexes_which_are_made_at_the_end(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "_MANY", 5)
    sorting = [pragma(name) for name in indexes._SORTING] if connection.vendor == "sqlite" else []
    meanwhile: list[set[str]] = []
    real = importing.batches.write

    def looks(*arguments: Any, **options: Any) -> None:
        meanwhile.append(indexes_there())
        real(*arguments, **options)

    monkeypatch.setattr(importing.batches, "write", looks)
    load("email\nrosa@example.org\n")
    many = load("email\n" + "".join(f"r{number}@example.org\n" for number in range(9)) + "Rosa@example.org\nR3@example.org\n")
    load("email\n" + "".join(f"s{number}@example.org\n" for number in range(9)))
    both = {"subscriber_fingerprint", "subscriber_domain"}
    assert meanwhile == [both, set(), both]
    assert indexes_there() == both
    assert sorting == ([pragma(name) for name in indexes._SORTING] if connection.vendor == "sqlite" else [])
    assert counts(many) == {"rows": 11, "added": 9, "known": 1, "rejected": 1}


def test_housekeeping_makes_the_indexes_that_a_killed_import_left_out(now: Any) -> None:
    indexes._drop()
    assert indexes_there() == set()
    keeping.housekeep(now=now)
    assert indexes_there() == {"subscriber_fingerprint", "subscriber_domain"}
    assert indexes.restore() == 0
