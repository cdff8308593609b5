"""Numbers: read, planned, taken once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from masthead.issues import freezing, lookups, numbering
from masthead.issues.freezing import NotReady
from masthead.issues.models import Edition, Issue, TakenNumber
from masthead.issues.numbering import NoNumber, Numbers, read_label


@pytest.mark.parametrize(
    ("label", "numbers"),
    [
        ("1970", Numbers(1970, 1970)),
        ("1970–71", Numbers(1970, 1971)),
        ("1970-1971", Numbers(1970, 1971)),
        ("1970/71", Numbers(1970, 1971)),
        ("1999–2000", Numbers(1999, 2000)),
        ("۱۹۷۰–۷۱", Numbers(1970, 1971)),
        ("9–10", Numbers(9, 10)),
        ("1970–69", None),
        ("Spring 1970", None),
        ("", None),
    ],
)
def test_a_label_says_its_numbers(label: str, numbers: Numbers | None) -> None:
    assert read_label(label) == numbers


@pytest.mark.django_db
def test_the_label_alone_makes_a_double_issue(make_issue: Any, now: Any) -> None:
    edition = freezing.freeze(issue=make_issue(label="1971–72"), by="system", now=now)
    assert (edition.number, edition.label, TakenNumber.objects.count()) == (1971, "1971–72", 2)
    assert lookups.edition_at(edition.publication, 1972) == edition


@pytest.mark.django_db
def test_a_planned_number_ahead_moves_the_next_one_and_leaves_a_gap_to_fill(make_issue: Any, now: Any) -> None:
    freezing.freeze(issue=make_issue(planned_number=1980), by="system", now=now)
    assert freezing.freeze(issue=make_issue(title="After it"), by="system", now=now).number == 1981
    assert freezing.freeze(issue=make_issue(title="Into the gap", planned_number=1975), by="system", now=now).number == 1975
    assert freezing.freeze(issue=make_issue(title="And on"), by="system", now=now).number == 1982


@pytest.mark.django_db
def test_a_row_of_numbers_that_is_none_is_refused(make_issue: Any) -> None:
    with pytest.raises(NoNumber, match="no row of numbers"):
        numbering.expected(make_issue(planned_number=1975, planned_last_number=1971))
    with pytest.raises(NoNumber, match="planned number before"):
        numbering.expected(make_issue(planned_last_number=1975))


@pytest.mark.django_db
def test_a_withdrawn_number_leaves_a_tombstone_and_is_not_given_again(make_issue: Any, now: Any) -> None:
    issue = make_issue()
    edition = freezing.freeze(issue=issue, by="system", now=now)
    Issue.objects.filter(pk=issue.pk).update(public_from=now)
    numbering.withdraw(issue=issue, reason="It named a child.", by="system", now=now + timedelta(days=1))
    issue.refresh_from_db()
    tombstone = lookups.tombstone(issue.publication, 1971)
    assert tombstone is not None and (tombstone.reason, tombstone.withdrawn_at) == ("It named a child.", now + timedelta(days=1))
    assert not lookups.is_public(Edition.objects.get(pk=edition.pk), now + timedelta(days=2))
    assert freezing.freeze(issue=make_issue(title="The next"), by="system", now=now).number == 1972


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("planned", [None, 1971], ids=["next number", "the same planned number"])
def test_editors_who_freeze_at_the_same_time_never_share_a_number(make_issue: Any, now: Any, planned: int | None) -> None:
    issues = [make_issue(title=f"Issue {n}", planned_number=planned) for n in range(4)]
    gate = threading.Barrier(len(issues))
    numbers: list[int] = []
    refusals: list[str] = []

    def freeze(issue: Any) -> None:
        try:
            gate.wait(10)
            numbers.append(freezing.freeze(issue=issue, by="system", now=now).number)
        except NotReady as error:
            refusals.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=freeze, args=(issue,)) for issue in issues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if planned is None:
        assert sorted(numbers) == [1971, 1972, 1973, 1974] and refusals == []
    else:
        assert numbers == [1971] and len(refusals) == 3 and all("1971 is taken" in said for said in refusals)
    by_edition = {edition.number: edition for edition in Edition.objects.all()}
    assert sorted(by_edition) == sorted(numbers)
    assert all(f"No. {number}" in edition.mail_html_full for number, edition in by_edition.items())


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_one_issue_make_one_edition(issue: Any, now: Any) -> None:
    gate = threading.Barrier(3)
    found: list[int] = []

    def freeze() -> None:
        try:
            gate.wait(10)
            found.append(freezing.freeze(issue=Issue.objects.get(pk=issue.pk), by="system", now=now).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=freeze) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 3 and len(set(found)) == 1
    assert TakenNumber.objects.count() == 1


def test_the_next_number_is_expected_for_one_draft_alone(make_issue: Any, publication: Any, now: Any) -> None:
    untitled, first, second = make_issue(title=""), make_issue(title="First"), make_issue(title="Second")
    make_issue(title="Later", planned_number=1980)
    assert numbering.next_in_line([publication]) == {second.pk}
    Issue.objects.filter(pk=first.pk).update(ready_digest="x", ready_at=now, ready_by="system")
    assert numbering.next_in_line([publication]) == {first.pk}
    for ended in (first, second):
        ended.delete()
    assert numbering.next_in_line([publication]) == {untitled.pk}
    make_issue(title="It is mine", planned_number=numbering.next_number(publication))
    assert numbering.next_in_line([publication]) == set()
