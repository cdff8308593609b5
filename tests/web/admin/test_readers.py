"""The screens of readers, lists, import and export."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from masthead.audience import importing
from masthead.audience.imports import taking_back
from masthead.audience.models import ConsentEvent, ImportRun, MailingList, SignUpForm, Subscriber
from masthead.audience.tasks import run_import
from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail.models import Suppression
from masthead.mail.suppressions import suppress, suppress_domain
from masthead.team import people
from masthead.team.models import Role, User
from masthead.web.admin.permissions import write_group_permissions
from masthead.web.admin.readers import imports

pytestmark = pytest.mark.django_db


PASSWORD = "a quiet midday tide"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sign_in_again(client: Client, *, ago: float = 0) -> Client:
    """Through the page that asks for the password; `ago` in seconds."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - ago
    session.save()
    return client


@pytest.fixture
def care(now: datetime) -> User:
    """Looks after readers."""
    write_group_permissions()
    return people.create(
        email="cara@example.org", name="Cara Hill", role=Role.READER_CARE, password=PASSWORD, by="system", now=now
    )


@pytest.fixture
def desk(care: User) -> Client:
    """At the desk, signed in."""
    return client_of(care)


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_readers_are_listed_and_found(desk: Client, reader: Subscriber, leaver: Subscriber, mailing_list: MailingList) -> None:
    html = page(desk, "desk_readers")
    assert "rosa@example.org" in html
    assert "leo@example.net" in html
    found = page(desk, "desk_readers", q="marin", list=str(mailing_list.pk), state="active")
    assert "rosa@example.org" in found
    assert "leo@example.net" not in found
    assert "Nobody is found" in page(desk, "desk_readers", q="zzz")


def test_without_readers_the_screen_says_where_they_come_from(desk: Client) -> None:
    assert "Import readers" in page(desk, "desk_readers")


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"before": "-1"},
        {"after": "999"},
        {"before": "9" * 30},
        {"list": "0"},
        {"state": "'"},
        {"q": "\0"},
        {"q": "x" * 5000},
    ],
)
def test_odd_questions_get_an_answer(desk: Client, reader: Subscriber, query: dict[str, str]) -> None:
    page(desk, "desk_readers", **query)


def test_names_that_are_code_are_text(desk: Client, make_subscriber: Any, mailing_list: MailingList) -> None:
    made = make_subscriber(
        "x@example.org", mailing_list, name="<script>alert(1)</script>", attributes={"<b>": "<img src=x onerror=alert(1)>"}
    )
    for html in (page(desk, "desk_readers"), page(desk, "desk_reader", made.pk)):
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_a_reader_is_added_by_hand_with_a_reason(desk: Client, care: User, mailing_list: MailingList) -> None:
    values = {"address": "New@Example.org", "name": "Nina", "lists": [mailing_list.slug], "mail_format": "html", "mail_mode": ""}
    answer = desk.post(reverse("desk_reader_add"), values)
    assert "This field is required" in answer.content.decode()
    assert not Subscriber.objects.exists()
    answer = desk.post(reverse("desk_reader_add"), values | {"reason": "By phone."})
    made = Subscriber.objects.get()
    assert answer["Location"] == reverse("desk_reader", args=[made.pk])
    event = ConsentEvent.objects.get()
    assert (event.kind, event.by) == ("added", care.actor)
    again = desk.post(reverse("desk_reader_add"), values | {"reason": "By phone."})
    assert "New@example.org is a reader already." in again.content.decode()


def test_who_is_suppressed_cannot_be_added_by_hand(desk: Client, mailing_list: MailingList, now: datetime) -> None:
    suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.ERASED, now=now, by="system")
    values = {"address": "dead@example.org", "lists": [mailing_list.slug], "mail_format": "html", "reason": "By phone."}
    assert "asked to be erased" in desk.post(reverse("desk_reader_add"), values).content.decode()
    assert not Subscriber.objects.exists()


def test_a_reader_is_changed(desk: Client, reader: Subscriber, leaver: Subscriber) -> None:
    values = {
        "address": "rose@example.org",
        "name": "Rose",
        "language": "fr",
        "mail_format": "text",
        "mail_mode": "excerpt",
        "note": "",
    }
    taken = desk.post(reverse("desk_reader_edit", args=[reader.pk]), values | {"address": "LEO@example.net"})
    assert "is a reader already" in taken.content.decode()
    assert desk.post(reverse("desk_reader_edit", args=[reader.pk]), values).status_code == 302
    reader.refresh_from_db()
    assert (reader.address, reader.name, reader.mail_mode) == ("rose@example.org", "Rose", "excerpt")


def test_a_reader_is_taken_off_and_put_on_lists(desk: Client, reader: Subscriber, mailing_list: MailingList) -> None:
    desk.post(reverse("desk_reader_leave", args=[reader.pk]), {"list": mailing_list.pk})
    assert reader.subscriptions.get().state == "left"
    desk.post(reverse("desk_reader_join", args=[reader.pk]), {"list": mailing_list.pk, "reason": " "})
    assert reader.subscriptions.get().state == "left"
    desk.post(reverse("desk_reader_join", args=[reader.pk]), {"list": mailing_list.pk, "reason": "By letter."})
    assert reader.subscriptions.get().state == "active"
    html = page(desk, "desk_reader", reader.pk)
    assert "By letter." in html
    assert "Cara Hill" in html


def test_a_suppression_is_shown_and_lifted_with_a_reason(desk: Client, reader: Subscriber, now: datetime) -> None:
    suppress(address=normalise(reader.address), reason=Suppression.Reason.BOUNCED, note="550 unknown", now=now, by="system")
    assert "550 unknown" in page(desk, "desk_reader", reader.pk)
    desk.post(reverse("desk_reader_lift", args=[reader.pk]), {"why": " "})
    assert Suppression.objects.exists()
    desk.post(reverse("desk_reader_lift", args=[reader.pk]), {"why": "The mailbox is back."})
    assert not Suppression.objects.exists()


def test_a_blocked_domain_is_not_lifted_from_a_reader(desk: Client, reader: Subscriber, now: datetime) -> None:
    suppress_domain(domain="example.org", now=now, by="staff:1")
    assert desk.post(reverse("desk_reader_lift", args=[reader.pk]), {"why": "Please."}).status_code == 404
    assert Suppression.objects.exists()


def test_erasing_asks_first_and_then_leaves_nothing(desk: Client, reader: Subscriber) -> None:
    sign_in_again(desk)
    assert "cannot be undone" in page(desk, "desk_reader_erase", reader.pk)
    assert Subscriber.objects.exists()
    desk.post(reverse("desk_reader_erase", args=[reader.pk]))
    assert not Subscriber.objects.exists()
    assert "rosa@example.org" not in page(desk, "desk_readers")


@pytest.mark.parametrize("name", ["desk_reader_erase", "desk_readers_export"])
def test_erasing_and_exporting_need_a_fresh_sign_in(care: User, reader: Subscriber, name: str) -> None:
    client = sign_in_again(client_of(care), ago=601)
    address = reverse(name, args=[reader.pk] if name == "desk_reader_erase" else [])
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    assert Subscriber.objects.exists()
    assert not Entry.objects.filter(action="readers.exported").exists()


def test_an_export_is_a_file_on_the_record_told_to_the_owner_and_once_a_minute(
    desk: Client, reader: Subscriber, mailing_list: MailingList, mailoutbox: list[EmailMessage]
) -> None:
    people.create(email="owner@example.org", name="", role=Role.OWNER, password=None, by="system", now=timezone.now())
    sign_in_again(desk)
    page(desk, "desk_readers_export")
    assert not Entry.objects.filter(action="readers.exported").exists()
    answer = desk.post(reverse("desk_readers_export"), {"list": mailing_list.pk, "state": "active", "kind": "csv"})
    assert "attachment" in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert '"rosa@example.org"' in body
    assert Entry.objects.filter(action="readers.exported").count() == 1
    assert [(mail.to, "1 reader was exported" in mail.body) for mail in mailoutbox] == [(["owner@example.org"], True)]
    assert desk.post(reverse("desk_readers_export"), {"kind": "json"}).status_code == 429


def test_one_readers_data_is_a_file(desk: Client, reader: Subscriber) -> None:
    asked = desk.post(reverse("desk_reader_data", args=[reader.pk]))
    assert "reauthenticate" in asked["Location"]
    sign_in_again(desk)
    answer = desk.post(reverse("desk_reader_data", args=[reader.pk]))
    assert json.loads(answer.content)["address"] == "rosa@example.org"
    assert Entry.objects.filter(action="reader.exported").exists()


def test_lists_are_made_counted_and_changed(desk: Client, reader: Subscriber, mailing_list: MailingList) -> None:
    desk.post(reverse("desk_list_new"), {"name": "Friends", "opt_in": "double"})
    made = MailingList.objects.get(name="Friends")
    assert (made.slug, made.is_public) == ("friends", False)
    assert "Friends" in page(desk, "desk_lists")
    again = desk.post(reverse("desk_list", args=[made.pk]), {"name": "the courier", "opt_in": "double"})
    assert "There is already a list" in again.content.decode()
    desk.post(reverse("desk_list", args=[made.pk]), {"name": "Allies", "opt_in": "single", "is_public": "on", "warned": "on"})
    made.refresh_from_db()
    assert (made.name, made.slug, made.opt_in, made.is_public) == ("Allies", "friends", "single", True)


def test_a_sign_up_form_is_made_looked_at_copied_changed_and_deleted(
    desk: Client, mailing_list: MailingList, publication: Any
) -> None:
    assert "No forms of your own yet" in page(desk, "desk_sign_up_forms")
    given = {"name": "On the <quay>", "lists": [mailing_list.pk], "asks_name": "on", "heading": "</textarea><b>Tides</b>"}
    answer = desk.post(reverse("desk_sign_up_form_new"), given)
    made = SignUpForm.objects.get()
    assert answer["Location"] == f"{reverse('desk_sign_up_form', args=[made.pk])}?lang=en"
    shown = BeautifulSoup(desk.get(answer["Location"]).content, "html.parser")
    copied = shown.select_one("#form-html")
    assert copied is not None
    assert "&lt;b&gt;Tides&lt;/b&gt;" in copied.text
    assert made.slug in copied.text
    picture = desk.get(reverse("desk_sign_up_form_picture", args=[made.pk]))
    assert "form-action 'none'" in picture["Content-Security-Policy"]
    assert "<b>Tides" not in picture.content.decode()
    there = reverse("desk_sign_up_form", args=[made.pk])
    desk.post(f"{there}?lang=fa", {**given, "name": "Quay", "heading": "جزر و مد"})
    made.refresh_from_db()
    assert (made.name, made.slug, set(made.texts)) == ("Quay", "on-the-quay", {"en", "fa"})
    again = desk.post(reverse("desk_sign_up_form_new"), {**given, "name": "quay"})
    assert "There is already a form" in again.content.decode()
    assert "Choose at least one list" in desk.post(there, {"name": "Quay"}).content.decode()
    desk.post(reverse("desk_sign_up_form_delete", args=[made.pk]))
    assert not SignUpForm.objects.exists()
    assert Entry.objects.filter(action__startswith="sign_up_form.").count() == 3


@pytest.fixture
def upload(
    desk: Client, mailing_list: MailingList, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> Any:
    """A function: the bytes of a file → its preview, as the task leaves it."""
    settings.DATA = tmp_path

    def upload(content: bytes, name: str = "readers.csv") -> ImportRun:
        answer = desk.post(reverse("desk_imports"), {"file": SimpleUploadedFile(name, content), "list": mailing_list.pk})
        assert answer.status_code == 302, answer.content.decode()
        return work(ImportRun.objects.latest("pk"))

    return upload


def work(run: ImportRun) -> ImportRun:
    """What the task does."""
    try:
        importing.execute(run=run, path=Path(run.stored_path), now=run.created_at)
    except importing.CannotImport:
        run.refresh_from_db()
    return run


def test_an_import_is_previewed_then_stated_then_done(desk: Client, upload: Any, leaver: Subscriber, tmp_path: Path) -> None:
    preview = upload(b"email,name\nnew@example.org,Nina\nleo@example.net,Leo\nnonsense,<b>X</b>\n", "../../etc/<i>.csv")
    assert Path(preview.stored_path).parent == tmp_path / "imports"
    assert not Subscriber.objects.filter(address_key="new@example.org").exists()
    html = page(desk, "desk_import", preview.pk)
    assert "What will happen" in html
    assert "Left this list on" in html
    assert "<b>X</b>" not in html
    assert "<i>" not in html

    silent = desk.post(reverse("desk_import_begin", args=[preview.pk]), {"statement": " "})
    assert "Without it nobody is added" in silent.content.decode()
    assert ImportRun.objects.count() == 1

    desk.post(reverse("desk_import_begin", args=[preview.pk]), {"statement": "Signed at the fair."})
    done = work(ImportRun.objects.latest("pk"))
    assert (done.added, done.left_before, done.rejected) == (1, 1, 1)
    event = ConsentEvent.objects.get(subscriber__address_key="new@example.org")
    assert event.text is not None
    assert event.text.text == "Signed at the fair."
    assert "What happened" in page(desk, "desk_import", done.pk)
    file = desk.get(reverse("desk_import_report", args=[done.pk]))
    assert "attachment" in file["Content-Disposition"]
    assert b"nonsense" in b"".join(file.streaming_content)  # type: ignore[attr-defined]


def test_what_an_import_says_is_in_the_language_of_who_asked_for_it(
    desk: Client,
    leaver: Subscriber,
    mailing_list: MailingList,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.DATA = tmp_path
    asked: list[tuple[int, str]] = []
    monkeypatch.setattr(imports, "run_import", SimpleNamespace(enqueue=lambda *given: asked.append(given)))
    file = SimpleUploadedFile("readers.csv", b"email,name\nleo@example.net,Leo\n")
    french = {"accept-language": "fr"}
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("desk_imports"), {"file": file, "list": mailing_list.pk}, headers=french)
    run_import.call(*asked[0])
    run = ImportRun.objects.get()
    assert (run.layout["separator"], run.samples["left_before"][0][2][:21]) == ("virgule", "A quitté cette liste ")
    desk.post(reverse("desk_import_begin", args=[run.pk]), {"statement": "On paper."})
    again = ImportRun.objects.latest("pk")
    importing.cancel(run=again, by="staff:1", now=again.created_at)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("desk_import_act", args=[again.pk]), {"what": "resume"}, headers=french)
    assert asked[-1] == (again.pk, "fr")


def test_pasted_addresses_are_previewed_like_a_file(
    desk: Client, mailing_list: MailingList, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    neither = desk.post(reverse("desk_imports"), {"list": mailing_list.pk})
    assert "one of the two" in neither.content.decode()
    desk.post(reverse("desk_imports"), {"list": mailing_list.pk, "pasted": "Rosa <rosa@example.org>, x@y"})
    run = work(ImportRun.objects.get())
    assert (run.added, run.rejected) == (1, 1)
    html = page(desk, "desk_import", run.pk)
    assert "Cannot be used" in html
    assert "What the columns hold" not in html


def test_columns_are_said_otherwise_and_the_file_is_checked_again(desk: Client, upload: Any) -> None:
    preview = upload(b"email,Wer,Ort\na@example.org,Ann,Lyon\n")
    html = page(desk, "desk_import", preview.pk)
    assert "What the columns hold" in html
    said = {"kind-0": "email", "kind-1": "name", "kind-2": "", "own-2": "Home town"}
    twice = desk.post(reverse("desk_import_columns", args=[preview.pk]), said | {"kind-2": "name"})
    assert "Two columns are said to hold the same" in twice.content.decode()
    none = desk.post(reverse("desk_import_columns", args=[preview.pk]), said | {"kind-0": "-"})
    assert "Say which column holds the addresses" in none.content.decode()
    desk.post(reverse("desk_import_columns", args=[preview.pk]), said)
    again = work(ImportRun.objects.latest("pk"))
    assert (again.dry_run, again.layout["fields"]) == (True, ["email", "name", "home_town"])
    desk.post(reverse("desk_import_begin", args=[again.pk]), {"statement": "On paper."})
    work(ImportRun.objects.latest("pk"))
    reader = Subscriber.objects.get()
    assert (reader.name, reader.attributes) == ("Ann", {"home_town": "Lyon"})


@pytest.mark.parametrize(
    ("content", "shown", "said"),
    [
        (b"Kontakt,Wer\na@example.org,Ann\n", "Kontakt, Wer", {"kind-0": "email", "kind-1": "name"}),
        (b"Ann|a@example.org\nBo|b@example.org\n", "The first line has no headings", {"kind-0": "name", "kind-1": "email"}),
    ],
)
def test_columns_that_were_not_recognised_are_said_at_the_desk(
    desk: Client, upload: Any, content: bytes, shown: str, said: dict[str, str]
) -> None:
    unread = upload(content)
    html = page(desk, "desk_import", unread.pk)
    assert (unread.state, shown in html) == ("failed", True)
    assert "What the columns hold" in html
    assert '<bdi class="desk-faint">Ann</bdi>' in html
    assert '<bdi class="desk-faint">a@example.org</bdi>' in html
    desk.post(reverse("desk_import_columns", args=[unread.pk]), said)
    preview = work(ImportRun.objects.latest("pk"))
    assert (preview.state, preview.added) == ("finished", content.count(b"@"))
    assert '<bdi class="desk-faint">Ann</bdi>' in page(desk, "desk_import", preview.pk)
    desk.post(reverse("desk_import_begin", args=[preview.pk]), {"statement": "On paper."})
    work(ImportRun.objects.latest("pk"))
    assert Subscriber.objects.get(address="a@example.org").name == "Ann"


def test_a_checked_file_is_found_again_until_it_is_imported(desk: Client, upload: Any) -> None:
    preview = upload(b"email\na@example.org\n", "quay.csv")
    listed = page(desk, "desk_imports")
    assert "Looked at, not imported yet" in listed
    assert f'href="{reverse("desk_import", args=[preview.pk])}"' in listed
    desk.post(reverse("desk_import_begin", args=[preview.pk]), {"statement": "On paper."})
    work(ImportRun.objects.latest("pk"))
    listed = page(desk, "desk_imports")
    assert "Looked at, not imported yet" not in listed
    assert "Earlier imports" in listed


def test_a_workbook_is_not_said_to_have_an_encoding(desk: Client, upload: Any, tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["email"])
    book.worksheets[0].append(["a@example.org"])
    book.save(tmp_path / "quay.xlsx")
    html = page(desk, "desk_import", upload((tmp_path / "quay.xlsx").read_bytes(), "quay.xlsx").pk)
    assert "will be added" in html
    assert "read as" not in html
    assert "read as UTF-8, separated by comma" in page(desk, "desk_import", upload(b"email,name\nb@example.org,Bo\n").pk)


def test_an_import_is_cancelled_gone_on_with_and_taken_back(desk: Client, care: User, upload: Any, settings: Any) -> None:
    preview = upload(b"email\na@example.org\n")
    desk.post(reverse("desk_import_begin", args=[preview.pk]), {"statement": "On paper."})
    run = ImportRun.objects.latest("pk")
    act = reverse("desk_import_act", args=[run.pk])
    desk.post(act, {"what": "cancel"})
    assert work(run).state == "cancelled"
    assert "Go on" in page(desk, "desk_import", run.pk)
    desk.post(act, {"what": "resume"})
    assert work(ImportRun.objects.get(pk=run.pk)).state == "finished"
    assert "Take this import back" in page(desk, "desk_import", run.pk)
    desk.post(act, {"what": "undo"})
    run.refresh_from_db()
    assert run.state == "undoing"
    taking_back.work(run=run, by=care.actor, now=run.created_at)
    assert not Subscriber.objects.exists()
    assert "Taken back: 1 reader is off the list again." in page(desk, "desk_import", run.pk)
    assert "Only an import that has come to its end" in desk.post(act, {"what": "undo"}, follow=True).content.decode()


def test_a_file_that_cannot_be_read_is_explained(desk: Client, upload: Any) -> None:
    run = upload(b"name,city\nAnn,Lyon\n")
    assert "No column is called “email”" in page(desk, "desk_import", run.pk)
    assert desk.post(reverse("desk_import_begin", args=[run.pk]), {"statement": "x"}).status_code == 404


def test_progress_is_shown_while_it_runs_and_then_the_page_reloads(
    desk: Client, mailing_list: MailingList, now: datetime
) -> None:
    run = importing.open_run(
        file_name="x.csv", stored_path="", mailing_list=mailing_list, statement="", dry_run=True, by="staff:1", now=now
    )
    ImportRun.objects.filter(pk=run.pk).update(state="running", lines=200, lines_done=50)
    assert 'value="25"' in page(desk, "desk_import", run.pk)
    news = desk.get(reverse("desk_import_news", args=[run.pk]))
    assert "HX-Refresh" not in news
    assert '<span id="import-state" hx-swap-oob="true"><span class="desk-badge" data-tone="busy">Running' in news.text
    ImportRun.objects.filter(pk=run.pk).update(state="finished")
    assert desk.get(reverse("desk_import_news", args=[run.pk]))["HX-Refresh"] == "true"


def test_a_report_outside_our_folder_is_not_handed_out(
    desk: Client, mailing_list: MailingList, now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    secret = tmp_path / "token.key"
    secret.write_text("secret")
    run = importing.open_run(
        file_name="x.csv", stored_path="", mailing_list=mailing_list, statement="", dry_run=True, by="staff:1", now=now
    )
    ImportRun.objects.filter(pk=run.pk).update(report_path=str(secret))
    assert desk.get(reverse("desk_import_report", args=[run.pk])).status_code == 404


def test_an_editor_changes_lists_but_does_not_see_readers(editor: User, reader: Subscriber) -> None:
    write_group_permissions()
    client = client_of(editor)
    assert "The Courier" in page(client, "desk_lists")
    for name, args in [("desk_readers", []), ("desk_reader", [reader.pk]), ("desk_imports", []), ("desk_readers_export", [])]:
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 403
        assert "rosa@example.org" not in answer.content.decode()
