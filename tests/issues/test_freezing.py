"""Freezing: what is said, for ever, under a number of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.issues import freezing, frozen_files
from masthead.issues.freezing import NotReady
from masthead.issues.models import Edition, Issue, TakenNumber

pytestmark = pytest.mark.django_db


def test_an_issue_gets_the_next_number_and_all_its_forms(issue: Any, now: Any) -> None:
    edition = freezing.freeze(issue=issue, by="system", now=now)
    assert (edition.number, edition.version, edition.label, issue.number) == (1971, 1, "1971", 1971)
    assert edition.subject == "The Courier No. 1971: The ferry is back"
    for form in (edition.web_html, edition.feed_html, edition.mail_html_full, edition.text_full):
        assert "painted green" in form
    assert "Continue reading" in edition.mail_html_excerpt
    assert edition.slug == "the-ferry-is-back"
    issue.publication.refresh_from_db()
    assert issue.publication.next_number == 1972
    assert Entry.objects.get(action="issue.frozen").details["number"] == 1971


def test_freezing_again_without_a_change_gives_the_same_edition(issue: Any, now: Any) -> None:
    first = freezing.freeze(issue=issue, by="system", now=now)
    assert freezing.freeze(issue=issue, by="system", now=now + timedelta(days=2)) == first


def test_a_change_is_a_new_version_of_the_same_number(issue: Any, now: Any) -> None:
    first = freezing.freeze(issue=issue, by="system", now=now)
    issue.title = "The ferry is really back"
    issue.correction_note = "The yard was named wrongly."
    issue.save()
    second = freezing.freeze(issue=issue, by="system", now=now + timedelta(days=1))
    assert (second.number, second.version, second.date) == (first.number, 2, first.date)
    assert "The yard was named wrongly." in second.web_html
    assert freezing.freeze(issue=issue, by="system", now=now + timedelta(days=9)) == second


def test_the_newest_draft_is_what_is_frozen(issue: Any, now: Any) -> None:
    issue.title = "The ferry sails on Thursdays"
    issue.save_revision()
    Issue.objects.filter(pk=issue.pk).update(title="an older headline")
    assert freezing.freeze(issue=issue, by="system", now=now).title == "The ferry sails on Thursdays"


def test_an_issue_without_a_title_says_so(make_issue: Any, now: Any) -> None:
    with pytest.raises(NotReady, match="no title") as caught:
        freezing.freeze(issue=make_issue(title=" "), by="system", now=now)
    assert len(caught.value.problems) == 1
    assert not Edition.objects.exists()


def test_a_taken_number_cannot_be_had_twice(make_issue: Any, now: Any) -> None:
    freezing.freeze(issue=make_issue(planned_number=1971), by="system", now=now)
    with pytest.raises(NotReady, match="1971 is taken"):
        freezing.freeze(issue=make_issue(planned_number=1971, title="Another one"), by="system", now=now)


def test_a_double_issue_takes_both_numbers(make_issue: Any, now: Any) -> None:
    double = freezing.freeze(issue=make_issue(planned_number=1971, planned_last_number=1972), by="system", now=now)
    after = freezing.freeze(issue=make_issue(title="The one after"), by="system", now=now)
    assert (double.number, double.label, double.head["last_number"], after.number) == (1971, "1971–72", 1972, 1973)
    assert list(TakenNumber.objects.order_by("number").values_list("number", flat=True)) == [1971, 1972, 1973]


def test_a_rehearsal_takes_no_number(issue: Any, now: Any) -> None:
    rehearsal = freezing.freeze(issue=issue, by="system", now=now, test=True)
    assert rehearsal.is_test and not TakenNumber.objects.exists() and issue.number is None
    assert freezing.freeze(issue=issue, by="system", now=now, test=True) == rehearsal
    assert freezing.freeze(issue=issue, by="system", now=now).version == 1


def test_in_test_mode_every_freeze_is_a_rehearsal(issue: Any, now: Any) -> None:
    issue.publication.is_live = False
    issue.publication.imprint = ""
    issue.publication.save()
    assert freezing.freeze(issue=issue, by="system", now=now).is_test


def test_a_live_issue_is_stopped_by_a_blocking_check_and_a_rehearsal_is_not(make_issue: Any, prose: Any, now: Any) -> None:
    issue = make_issue(body=[prose('<p>Read <a href="javascript:alert(1)">the timetable of the ferry</a>.</p>')])
    freezing.freeze(issue=issue, by="system", now=now, test=True)
    with pytest.raises(NotReady, match="block 1"):
        freezing.freeze(issue=issue, by="system", now=now)


def test_pictures_are_copied_and_survive_the_library(make_issue: Any, library_image: Any, now: Any) -> None:
    image = library_image()
    block = {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A green ferry", "decorative": False}}}
    edition = freezing.freeze(issue=make_issue(body=[block], lead_image=image, lead_image_alt="A ferry"), by="system", now=now)
    image.file.delete(save=False)
    names = set(edition.assets.values_list("name", flat=True))
    assert len(names) == 3  # 1200 px, 640 px, the picture to share; the same original twice is frozen once
    for name in names:
        assert frozen_files.path_of(name) is not None
        assert f"/m/{name}" in edition.web_html + str(edition.head)


def test_a_picture_whose_file_is_gone_is_named(make_issue: Any, library_image: Any, now: Any) -> None:
    image = library_image(title="the old quay")
    image.file.storage.delete(image.file.name)
    block = {"type": "image", "value": {"image": {"image": image.pk, "alt_text": "A quay", "decorative": False}}}
    with pytest.raises(NotReady, match="the old quay"):
        freezing.freeze(issue=make_issue(body=[block]), by="system", now=now)


def test_a_translation_shares_the_number_once_its_original_has_one(make_issue: Any, now: Any) -> None:
    original = make_issue()
    translation = make_issue(title="Le bac est revenu", language="fr", translation_of=original)
    with pytest.raises(NotReady, match="original has no number"):
        freezing.freeze(issue=translation, by="system", now=now)
    freezing.freeze(issue=original, by="system", now=now)
    translation.refresh_from_db()
    edition = freezing.freeze(issue=translation, by="system", now=now)
    assert (edition.number, edition.language) == (1971, "fr")
    assert TakenNumber.objects.count() == 1


def test_a_form_opened_before_the_freeze_cannot_take_the_number_away(issue: Any, now: Any) -> None:
    stale = Issue.objects.get(pk=issue.pk)
    freezing.freeze(issue=issue, by="system", now=now)
    stale.title = "The ferry is late"
    stale.save()
    stale.save_revision()
    issue.refresh_from_db()
    assert (issue.title, issue.number, issue.get_latest_revision_as_object().number) == ("The ferry is late", 1971, 1971)
