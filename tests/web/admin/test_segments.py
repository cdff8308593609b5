"""The screens of segments, and segments on the send desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audience import defining, tagging
from masthead.audience.models import MailingList, Segment, Subscriber
from masthead.audience.segments import saving, tree
from masthead.delivery import dry_run
from masthead.delivery.models import Campaign, DryRun
from masthead.issues.models import Issue
from masthead.team.models import Role

pytestmark = pytest.mark.django_db
LYON = {"if": "attribute", "of": "city", "is": "equal", "to": ["Lyon"]}


@pytest.fixture
def city(reader: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime) -> None:
    """Rosa lives in Lyon, Nina in Nice."""
    reader.attributes = {"city": "Lyon"}
    reader.save()
    make_subscriber("nina@example.org", mailing_list, attributes={"city": "Nice"})
    defining.create(kind="text", label="City", by="system", now=now)


def saved(rule: dict[str, Any], now: datetime, name: str = "Lyon") -> Segment:
    return saving.create(name=name, rule=tree.read(rule), by="system", now=now)


def test_a_segment_is_built_row_by_row_without_any_script(owner_at_desk: Client, city: None, mailing_list: MailingList) -> None:
    url = reverse("desk_segment_new")
    assert "everybody fits" in owner_at_desk.get(url).text
    form = {"name": "Lyon", "mode": "all", "mode-0": "all", "new-0": "attribute/city", "act": "add:0"}
    page = owner_at_desk.post(url, form)
    assert page.status_code == 200
    assert 'name="if-0.0" value="attribute"' in page.text
    assert not Segment.objects.exists()
    form |= {"if-0.0": "attribute", "of-0.0": "city", "is-0.0": "equal", "to-0.0": "Lyon; Paris", "new-0": "list", "act": "add:0"}
    page = owner_at_desk.post(url, form)
    assert f'<option value="{mailing_list.pk}" selected>' in page.text
    form |= {"if-0.1": "list", "of-0.1": str(mailing_list.pk), "is-0.1": "active", "act": "count"}
    assert "<b>1</b> reader fits now" in owner_at_desk.post(url, form).text
    answer = owner_at_desk.post(url, form | {"act": "save"})
    made = Segment.objects.get()
    assert answer["Location"] == reverse("desk_segment", args=[made.pk])
    on_list = {"if": "list", "is": "active", "of": str(mailing_list.pk), "called": "The Courier"}
    assert made.rule == {"all": [{"all": [{**LYON, "to": ["Lyon", "Paris"], "called": "City"}, on_list]}]}
    shown = owner_at_desk.get(reverse("desk_segment", args=[made.pk])).text
    assert 'value="Lyon; Paris"' in shown
    assert "rosa@example.org" in shown


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("list", "fit"),
        ("any_list", "fit"),
        ("suppressed", "fit"),
        ("tag", "fit"),
        ("attribute/likes", "fit"),
        ("segment", "fit"),
        ("attribute/city", "Attribute “City”: write or choose what it is compared with."),
        ("domain", "write or choose what it is compared with."),
    ],
)
def test_a_new_row_asks_what_it_shows_as_chosen(owner_at_desk: Client, city: None, now: datetime, kind: str, said: str) -> None:
    defining.create(kind="choices", label="Likes", choices=["Sea", "Mud"], by="system", now=now)
    tagging.get_or_create(name="friends", by="system", now=now)
    saved(LYON, now)
    form = {"mode": "all", "mode-0": "all", "new-0": kind, "act": "add:0"}
    page = owner_at_desk.post(reverse("desk_segment_new"), form).text
    found = page[page.index('id="found"') :]
    assert said in found
    assert "cannot be" not in found


def test_rows_and_groups_can_be_taken_away(owner_at_desk: Client, city: None) -> None:
    url = reverse("desk_segment_new")
    two = {"mode-0": "all", "if-0.0": "format", "is-0.0": "text", "if-0.1": "suppressed", "is-0.1": "no", "mode-1": "none"}
    page = owner_at_desk.post(url, two | {"act": "remove:0.0"})
    assert 'value="suppressed"' in page.text
    assert 'name="if-0.1"' not in page.text
    page = owner_at_desk.post(url, two | {"act": "ungroup:0"})
    assert 'name="if-0.0"' not in page.text
    for nonsense in ("remove:9.9", "ungroup:x", "add:7", "drop:0", "remove:0", ":::"):
        assert owner_at_desk.post(url, two | {"act": nonsense}).status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        LYON,
        {"not": LYON},
        {"any": [LYON, {"if": "format", "is": "text"}]},
        {"all": [LYON, {"not": {"any": [LYON, {"if": "suppressed", "is": "yes"}]}}]},
        {"any": [{"all": [LYON, {"if": "sample", "is": "any", "to": 10}]}, {"if": "added", "is": "last_days", "to": 30}]},
    ],
    ids=str,
)
def test_saving_what_is_shown_changes_nobody(owner_at_desk: Client, city: None, now: datetime, rule: dict[str, Any]) -> None:
    made = saved(rule, now)
    url = reverse("desk_segment", args=[made.pk])
    page = owner_at_desk.get(url)
    before = page.context["found"]
    form = {"name": made.name, "mode": page.context["rows"].mode, "act": "save"}
    for number, group, rows in page.context["groups"]:
        form[f"mode-{number}"] = group.mode
        for row in rows:
            form |= {f"if-{row.place}": row.row.kind, f"of-{row.place}": row.row.subject, f"is-{row.place}": row.row.operator}
            form |= {f"to-{row.place}": "; ".join(row.row.values)} if row.takes else {}
    assert owner_at_desk.post(url, form).status_code == 302
    after = owner_at_desk.get(url).context["found"]
    assert (after.count, after.sample) == (before.count, before.sample)


def test_a_deep_rule_is_changed_as_text(owner_at_desk: Client, city: None, now: datetime) -> None:
    made = saved({"all": [{"any": [{"not": {"all": [LYON, {"if": "format", "is": "text"}]}}, LYON]}]}, now)
    url = reverse("desk_segment", args=[made.pk])
    assert "nested deeper" in owner_at_desk.get(url).text
    for wrong in ("{", "[]", '{"if": "nonsense", "is": "x"}'):
        page = owner_at_desk.post(url, {"name": "Lyon", "rule": wrong, "act": "save_text"})
        assert page.status_code == 422
        assert "Not saved." in page.text
    assert owner_at_desk.post(url, {"name": "Lyon", "rule": json.dumps(LYON), "act": "save_text"}).status_code == 302
    made.refresh_from_db()
    assert made.rule == {**LYON, "called": "City"}


def test_what_is_gone_is_said_by_name_and_is_not_replaced_by_another(
    owner_at_desk: Client, city: None, now: datetime, mailing_list: MailingList
) -> None:
    tag = tagging.get_or_create(name="press", by="system", now=now)
    tagging.get_or_create(name="radio", by="system", now=now)
    made = saved({"if": "tag", "of": str(tag.pk), "is": "has"}, now, "Press <b>")
    number = tag.pk
    tagging.delete(tag=tag, by="system", now=now)
    for url in (reverse("desk_segments"), reverse("desk_segment", args=[made.pk])):
        page = owner_at_desk.get(url).text
        assert "he tag “press” is gone" in page
        assert "Press &lt;b&gt;" in page
    assert f'<option value="{number}" selected>press (gone)</option>' in page


def test_a_segment_in_use_is_not_deleted_and_another_is(owner_at_desk: Client, city: None, now: datetime) -> None:
    lyon = saved(LYON, now)
    saved({"if": "segment", "of": str(lyon.pk), "is": "out"}, now, "Elsewhere")
    owner_at_desk.post(reverse("desk_segment_delete", args=[lyon.pk]))
    assert Segment.objects.count() == 2
    owner_at_desk.post(reverse("desk_segment_delete", args=[Segment.objects.get(name="Elsewhere").pk]))
    assert list(Segment.objects.all()) == [lyon]


def test_editors_count_readers_and_see_none_of_them(at_desk: Callable[[Role], Client], city: None, now: datetime) -> None:
    """Rule S10: who makes segments for sending need not see addresses."""
    url = reverse("desk_segment", args=[saved(LYON, now).pk])
    assert "rosa@example.org" not in at_desk(Role.EDITOR).get(url).text
    assert at_desk(Role.AUTHOR).get(url).status_code == 403


def test_hostile_words_in_the_form_are_refused_or_values(owner_at_desk: Client, city: None) -> None:
    """Rule S1."""
    words = "x' OR 1=1 -- <script>alert(1)</script>"
    url = reverse("desk_segment_new")
    for place in ("if-0.0", "of-0.0", "is-0.0", "to-0.0"):
        form = {"name": "x", "mode-0": "all", "if-0.0": "attribute", "of-0.0": "city", "is-0.0": "equal", "to-0.0": "y"}
        page = owner_at_desk.post(url, form | {place: words, "act": "count"})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert page.context["found"].count == 0


def test_the_send_desk_sends_to_a_part(
    owner_at_desk: Client, city: None, issue: Issue, mailing_list: MailingList, now: datetime
) -> None:
    lyon = saved(LYON, now)
    piece = owner_at_desk.get(
        reverse("desk_send_audience", args=[issue.pk]), {"lists": mailing_list.pk, "segments": lyon.pk}
    ).text
    assert "<b>1</b>" in piece
    assert "<b>1</b> do not fit the segments" in piece
    assert "Only a part of them" in owner_at_desk.get(reverse("desk_send", args=[issue.pk])).text
    form = {"lists": [mailing_list.pk], "excluded": [lyon.pk], "mail_mode": "full", "when": "now", "typed_number": "1971"}
    answer = owner_at_desk.post(reverse("desk_send", args=[issue.pk]), form)
    assert answer.status_code == 302, answer.context["form"].errors
    campaign = Campaign.objects.get()
    assert [(row.name, row.excluded) for row in campaign.segments.all()] == [("Lyon", True)]
    screen = owner_at_desk.get(reverse("desk_segment", args=[lyon.pk])).text
    assert "waits for this segment" in screen


def test_a_broken_segment_stops_the_send_desk_in_words(
    owner_at_desk: Client, city: None, issue: Issue, mailing_list: MailingList, now: datetime
) -> None:
    lyon = saved(LYON, now)
    defining.delete(attribute=defining.Attribute.objects.get(), by="system", now=now)
    piece = owner_at_desk.get(
        reverse("desk_send_audience", args=[issue.pk]), {"lists": mailing_list.pk, "excluded": lyon.pk}
    ).text
    assert "“City” is gone" in piece
    assert "<b>0</b>" in piece
    form = {"lists": [mailing_list.pk], "excluded": [lyon.pk], "mail_mode": "full", "when": "now", "typed_number": "1971"}
    page = owner_at_desk.post(reverse("desk_send", args=[issue.pk]), form)
    assert page.status_code == 422
    assert not Campaign.objects.exists()


def test_a_dry_run_is_made_for_the_part_that_is_chosen(
    owner_at_desk: Client, city: None, issue: Issue, mailing_list: MailingList, now: datetime
) -> None:
    lyon = saved(LYON, now)
    url = reverse("desk_dry_run", args=[issue.pk])
    wish = {"lists": mailing_list.pk, "segments": lyon.pk, "mail_mode": "excerpt"}
    piece = owner_at_desk.post(url, wish, headers={"HX-Request": "true"}).text
    assert "Only readers in <bdi>Lyon</bdi>" in piece
    run = DryRun.objects.get()
    dry_run.execute(run_id=run.pk, now=now)
    assert "1 of 1 mails could be made" in owner_at_desk.get(reverse("desk_dry_run_news", args=[issue.pk])).text
    run.refresh_from_db()
    assert list(run.report["variants"]) == ["excerpt html"]
    owner_at_desk.post(url, {"lists": mailing_list.pk, "excluded": lyon.pk})
    run = DryRun.objects.get()
    dry_run.execute(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.report["audience"], run.report["samples"]) == (1, {"full html": Subscriber.objects.get(name="").pk})


def test_a_dry_run_of_a_segment_that_is_gone_says_so_and_makes_nothing(
    owner_at_desk: Client, city: None, issue: Issue, mailing_list: MailingList, now: datetime
) -> None:
    lyon = saved(LYON, now)
    url, htmx = reverse("desk_dry_run", args=[issue.pk]), {"HX-Request": "true"}
    wish = {"lists": mailing_list.pk, "segments": lyon.pk}
    assert "left out of it at once" in owner_at_desk.post(url, wish | {"excluded": lyon.pk}, headers=htmx).text
    assert not DryRun.objects.exists()
    owner_at_desk.post(url, wish)
    lyon.delete()
    run = DryRun.objects.get()
    dry_run.execute(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.state, run.report) == ("failed", {})
    assert run.error == "The segment “Lyon” cannot be used: it was deleted since the dry run was asked for."
    piece = owner_at_desk.post(url, wish, headers=htmx).text
    assert "was deleted since. Open this page again" in piece
    assert list(DryRun.objects.values_list("pk", flat=True)) == [run.pk]
