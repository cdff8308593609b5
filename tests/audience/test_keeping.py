"""What is forgotten, when, and what is said of it."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from masthead.audience import keeping
from masthead.audience.imports.report import folder as report_folder
from masthead.audience.imports.staging import STAGED
from masthead.audience.models import ImportRun, MailingList, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.cli.main import masthead
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression
from masthead.team.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def cast(make_subscriber: Any, mailing_list: MailingList, now: datetime) -> None:
    make_subscriber("waits@example.org", mailing_list, state="pending")
    make_subscriber("on@example.org", mailing_list)
    make_subscriber("dead@example.org", mailing_list)
    reason = Suppression.Reason.BOUNCED
    suppressions.suppress(address=normalise("dead@example.org"), reason=reason, by="system", now=now)


def test_who_never_confirmed_goes_after_the_days_that_are_set(cast: None, settings: Any, now: datetime) -> None:
    settings.UNCONFIRMED_DAYS = 20
    waits = keeping.upcoming(now=now + timedelta(days=8))
    assert (waits.waiting, waits.lapsing, waits.next_lapse) == (1, 0, now + timedelta(days=20))
    assert not any(keeping.housekeep(now=now + timedelta(days=8)).values())
    assert not Entry.objects.filter(action=keeping.HOUSEKEPT).exists()
    assert keeping.upcoming(now=now + timedelta(days=20)).lapsing == 1
    assert keeping.housekeep(now=now + timedelta(days=20))["unconfirmed"] == 1
    assert Entry.objects.get(action=keeping.HOUSEKEPT).details == {"unconfirmed": 1}
    assert set(Subscriber.objects.values_list("address", flat=True)) == {"on@example.org", "dead@example.org"}


def test_the_dead_are_counted_and_kept(cast: None, now: datetime) -> None:
    assert (keeping.upcoming(now=now).bounced, keeping.upcoming(now=now).bounced_lately) == (1, 1)
    late = now + timedelta(days=31)
    keeping.housekeep(now=late)
    assert (keeping.upcoming(now=late).bounced, keeping.upcoming(now=late).bounced_lately) == (1, 0)


def test_the_screen_says_what_waits_and_what_went(cast: None, owner: User, now: datetime) -> None:
    desk = Client()
    desk.force_login(owner)
    html = desk.get(reverse("desk_housekeeping")).content.decode()
    assert "1 sign-up waits for confirmation" in html
    assert "1 reader bounced out" in html
    assert "Nothing had to go yet" in html
    keeping.housekeep(now=now + timedelta(days=8))
    html = desk.get(reverse("desk_housekeeping")).content.decode()
    assert "Readers who never confirmed: 1" in html
    assert "0 sign-ups wait" in html


def test_the_command_looks_first_and_then_does_it(cast: None) -> None:
    said = json.loads(CliRunner().invoke(masthead, ["housekeeping", "--dry-run", "--json"]).output)
    assert (said["waiting"], said["bounced"]) == (1, 1)
    assert Subscriber.objects.count() == 3
    Subscription.objects.filter(state="pending").update(since=timezone.now() - timedelta(days=8))
    done = CliRunner().invoke(masthead, ["housekeeping"])
    assert (done.exit_code, done.output) == (0, "Gone: 1 unconfirmed.\n")
    assert CliRunner().invoke(masthead, ["housekeeping"]).output == "Nothing was past its time.\n"


def test_the_dry_run_says_when_the_next_one_lapses_to_the_minute(cast: None) -> None:
    said = CliRunner().invoke(masthead, ["housekeeping", "--dry-run"]).output
    assert re.search(r"^next lapse: \d{4}-\d\d-\d\d \d\d:\d\d UTC$", said, re.MULTILINE)


def test_what_a_killed_import_left_goes_the_next_night_and_reports_stay_for_a_month(tmp_path: Path) -> None:
    now = timezone.now()
    left, fresh, report = (report_folder() / name for name in (f"{STAGED}abc", f"{STAGED}def", "import-1-abc.csv"))
    for path, hours in ((left, 7), (fresh, 1), (report, 24 * 29)):
        path.write_bytes(b"rosa@example.org")
        then = (now - timedelta(hours=hours)).timestamp()
        os.utime(path, (then, then))
    assert keeping.remove_import_files(now=now) == 1
    assert [path.exists() for path in (left, fresh, report)] == [False, True, True]
    assert keeping.remove_import_files(now=now + timedelta(days=2)) == 2


def test_the_rows_that_an_import_shows_go_with_its_files(load: Any, now: datetime) -> None:
    run = load("email,name\nrosa@example.org,Rosa\nno address,Nobody\n")
    other = load("email\nnina@example.org\n")
    ImportRun.objects.filter(pk=other.pk).update(state=ImportRun.State.WAITING)
    assert "rosa@example.org" in f"{run.samples} {run.layout}"
    assert keeping.housekeep(now=now + timedelta(days=30))["import_rows"] == 0
    late = now + timedelta(days=31)
    assert keeping.housekeep(now=late)["import_rows"] == 1
    counted = (run.added, run.rejected)
    run.refresh_from_db()
    other.refresh_from_db()
    assert (run.samples, run.layout["headings"], (run.added, run.rejected)) == ({}, ["email", "name"], counted)
    assert "rosa@example.org" not in str(ImportRun.objects.filter(pk=run.pk).values().get())
    assert "nina@example.org" in str(other.samples)
    assert keeping.housekeep(now=late)["import_rows"] == 0
