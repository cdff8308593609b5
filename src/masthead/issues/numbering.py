"""Numbers: read from what is printed, planned, taken for ever, withdrawn.

A number is taken under the row lock of its publication, never reused and never changed. A planned number below the next one is
allowed while nobody has taken it: that is how a gap is filled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit import recording
from masthead.issues.models import Issue, Publication, TakenNumber

#: A double issue is two numbers, seldom three or four; more is a slip of the pen.
MOST_AT_ONCE = 12
#: Why an issue was withdrawn: characters.
MOST_REASON = 300

_PRINTED = re.compile(r"(?P<first>\d+)(?:\s*[-‐‑–—/]\s*(?P<last>\d+))?")


class NoNumber(Exception):
    """The issue cannot have the number it asks for; the text says why and what to do."""


@dataclass(frozen=True)
class Numbers:
    """All numbers of one issue: `first` is its place and its address, `last` differs from it in a double issue."""

    first: int
    last: int

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))


def read_label(label: str) -> Numbers | None:
    """The numbers a printed label says: "1970", "1970–71", "1970/1971", "۱۹۷۰–۷۱". None for any other text."""
    found = _PRINTED.fullmatch(label.strip())
    if not found:
        return None
    first = int(found["first"])
    if found["last"] is None:
        return Numbers(first, first)
    shown = str(int(found["last"]))
    # "1970–71" says 71 and means 1971.
    last = int(str(first)[: -len(shown)] + shown) if len(shown) < len(str(first)) else int(shown)
    return Numbers(first, last) if first <= last else None


def expected(issue: Issue) -> Numbers:
    """The numbers `issue` has, or would take if it were frozen now.

    Raises NoNumber when it plans one that is taken, is no row of numbers, or waits for the original it translates.
    """
    if issue.number is not None:
        return _held(issue)
    if issue.translation_of is not None:
        return _of_original(issue, issue.translation_of)
    planned = planned_numbers(issue)
    if planned is None:
        first = next_number(issue.publication)
        printed = read_label(issue.label)
        span = printed.last - printed.first if printed and printed.first == first else 0
        return Numbers(first, first + span)
    taken = TakenNumber.objects.filter(publication=issue.publication, number__range=(planned.first, planned.last)).order_by(
        "number"
    )
    for one in taken:
        raise NoNumber(
            _("No. %(number)s is taken. Leave the planned number empty for the next free one, or plan another.")
            % {"number": one.number}
        )
    return planned


def planned_numbers(issue: Issue) -> Numbers | None:
    """What the editor asks for: the planned number (and last number), else the numbers of the label. None: whatever is next.

    Raises NoNumber when the last number is not a little above the first.
    """
    printed = read_label(issue.label)
    first = issue.planned_number or (printed.first if printed else None)
    if first is None:
        if issue.planned_last_number is not None:
            raise NoNumber(_("A last number needs a planned number before it."))
        return None
    last = issue.planned_last_number or (printed.last if printed and printed.first == first else first)
    if not 1 <= first <= last < first + MOST_AT_ONCE:
        raise NoNumber(
            _("%(first)s to %(last)s is no row of numbers: the last must follow the first, at most %(most)s in all.")
            % {"first": first, "last": last, "most": MOST_AT_ONCE}
        )
    return Numbers(first, last)


def next_number(publication: Publication) -> int:
    """The number that the next issue without a planned one takes."""
    number = publication.next_number
    taken = TakenNumber.objects.filter(publication=publication, number__gte=number).order_by("number")
    for one in taken.values_list("number", flat=True).iterator():
        if one != number:
            break
        number += 1
    return number


def next_in_line(publications: Iterable[Publication]) -> set[int]:
    """The draft of each publication that the next number is expected for: one that is ready, else the newest that has a headline.

    None of a publication in which another draft plans that very number.
    """
    waiting, planned = defaultdict[Publication, list[Issue]](list), defaultdict[Publication, set[int]](set)
    drafts = Issue.objects.filter(publication__in=publications, number=None, translation_of=None).defer("body", "notes")
    for draft in drafts.select_related("publication"):
        try:
            numbers = planned_numbers(draft)
        except NoNumber:
            continue
        if numbers is None:
            waiting[draft.publication].append(draft)
        else:
            planned[draft.publication].update(numbers)
    return {
        max(unplanned, key=lambda draft: (bool(draft.ready_digest), bool(draft.title), draft.pk)).pk
        for publication, unplanned in waiting.items()
        if next_number(publication) not in planned[publication]
    }


def take(*, issue: Issue, now: datetime) -> Numbers:
    """Give `issue` its numbers, or return those it has. Call it inside the transaction that freezes the issue.

    The rows of the issue and of its publication are locked, always in this order: two editors are served one after the other.
    Raises NoNumber.
    """
    issue.number = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk).number
    issue.publication = publication = Publication.objects.select_for_update().get(pk=issue.publication_id)
    numbers = expected(issue)
    if issue.number is not None:
        refuse_withdrawn(issue)
        return numbers
    if issue.translation_of is None:
        TakenNumber.objects.bulk_create(
            TakenNumber(publication=publication, number=number, issue=issue, taken_at=now) for number in numbers
        )
        if numbers.last >= publication.next_number:
            publication.next_number = numbers.last + 1
            publication.save(update_fields=["next_number"])
    issue.number = numbers.first
    issue.save(update_fields=["number"])
    return numbers


def withdraw(*, issue: Issue, reason: str, by: str, now: datetime) -> None:
    """Take `issue` off the site for good; its numbers stay taken and say when and why. Repeating it changes nothing.

    Raises NoNumber for an issue that never had one, and for a reason of more than MOST_REASON characters.
    """
    if len(reason) > MOST_REASON:
        raise NoNumber(_("The reason has more than %(most)s characters.") % {"most": MOST_REASON})
    with transaction.atomic():
        held = TakenNumber.objects.select_for_update().filter(issue=issue)
        if not held.exists():
            raise NoNumber(_("This issue has no number of its own, so there is nothing to withdraw."))
        if held.filter(withdrawn_at=None).update(withdrawn_at=now, reason=reason) == 0:
            return
        Issue.objects.filter(pk=issue.pk).update(public_from=None)
        Issue.objects.filter(translation_of=issue).update(public_from=None)
        recording.record(
            action="issue.withdrawn",
            by=by,
            now=now,
            subject=f"issue:{issue.pk}",
            details={"number": issue.number, "reason": reason},
        )


def refuse_withdrawn(issue: Issue) -> None:
    """Raises NoNumber if the number of `issue` was withdrawn: it is neither published nor sent again."""
    owner = issue.translation_of or issue
    if TakenNumber.objects.filter(issue=owner, withdrawn_at__isnull=False).exists():
        raise NoNumber(
            _("No. %(number)s was withdrawn and stays so. Copy it as a new issue to publish it anew.") % {"number": issue.number}
        )


def _held(issue: Issue) -> Numbers:
    owner = issue.translation_of or issue
    numbers = sorted(TakenNumber.objects.filter(issue=owner).values_list("number", flat=True))
    first = issue.number or 0
    return Numbers(first, numbers[-1] if numbers else first)


def _of_original(issue: Issue, original: Issue) -> Numbers:
    if original.publication_id != issue.publication_id:
        raise NoNumber(_("A translation belongs to the publication of its original."))
    if original.number is None:
        raise NoNumber(_("The original has no number yet; publish it first, its translation shares the number."))
    if original.language_code == issue.language_code:
        raise NoNumber(_("A translation needs another language than its original."))
    return _held(original)
