"""Pre-flight: every check, in the order an editor meets the places, blocking ones first.

Those that ask the network answer with what was found out before (`masthead.issues.link_checking`).

`masthead.issues.findings` holds the checks; here is what they may know, and which of them count at which gate.
"""

from __future__ import annotations

import dataclasses
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urldefrag, urlsplit

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.common import urls
from masthead.issues import numbering, reading
from masthead.issues.blocks.file import FileBlock
from masthead.issues.findings import colours, dates, essentials, links, notes, pictures, scripts, structure, words
from masthead.issues.findings.base import Facts, Finding
from masthead.issues.models import Edition, Issue, LinkCheck
from masthead.issues.publications import is_loopback
from masthead.issues.reading import Draft
from masthead.issues.rendering.edition import CannotRender, Rendered, render
from masthead.issues.rendering.merge import TooManyFields
from masthead.mail.transports import choosing

__all__ = ["CHECKS", "Facts", "Finding", "blocking", "check", "facts_of", "findings_of", "report_on"]

#: Every check, with what it looks after in words.
CHECKS: Mapping[Callable[[Facts], Iterator[Finding]], Promise] = {
    essentials.missing: gettext_lazy("Headline, language, sender and imprint"),
    essentials.number_order: gettext_lazy("Number and order"),
    essentials.files: gettext_lazy("Pictures and files are there"),
    essentials.rendering: gettext_lazy("The mail can be made"),
    essentials.size: gettext_lazy("Size"),
    essentials.base_url: gettext_lazy("Public address"),
    words.placeholders: gettext_lazy("Nothing left to fill in"),
    words.tags: gettext_lazy("Merge fields"),
    words.subject: gettext_lazy("Subject and preview line"),
    words.promises: gettext_lazy("Attachments that are promised"),
    dates.weekdays: gettext_lazy("Days of the week"),
    dates.past: gettext_lazy("Dates that are over"),
    links.unsafe: gettext_lazy("Links can be opened"),
    links.unencrypted: gettext_lazy("Links are encrypted"),
    links.shortened: gettext_lazy("No shortened links"),
    links.says_nothing: gettext_lazy("Links say where they lead"),
    links.ambiguous: gettext_lazy("One text, one target"),
    links.not_public: gettext_lazy("Linked pages are public"),
    links.dead: gettext_lazy("No link is known to be dead"),
    notes.orphans: gettext_lazy("Footnotes and their marks"),
    pictures.alternatives: gettext_lazy("Words for pictures"),
    structure.empty_blocks: gettext_lazy("No empty block"),
    structure.headings: gettext_lazy("Headings in order"),
    structure.lists: gettext_lazy("Lists are lists"),
    scripts.controls: gettext_lazy("No hidden characters"),
    scripts.language: gettext_lazy("Language and direction"),
    colours.contrast: gettext_lazy("Colours can be read"),
}

#: Guesses about words: an editor must settle them before an issue is ready, a command line may know better.
GUESSES = frozenset({"placeholder", "alt-missing"})
#: What even a rehearsal needs.
REHEARSAL = frozenset({"title-missing", "file", "render"})


@dataclass(frozen=True)
class Report:
    """What the checks found, blocking findings first, and what those that found nothing look after."""

    found: list[Finding]
    fine: list[str]


def check(issue: Issue, *, now: datetime | None = None) -> list[Finding]:
    """What is wrong with `issue`, as this object has it; blocking findings first."""
    return findings_of(reading.read(issue, now=now or timezone.now()))


def findings_of(draft: Draft) -> list[Finding]:
    """The same for a draft that was read already."""
    return findings_about(facts_of(draft))


def findings_about(facts: Facts) -> list[Finding]:
    """All checks on `facts`, each finding once."""
    return report_on(facts).found


def report_on(facts: Facts) -> Report:
    """All checks on `facts`, each finding once, and those that have nothing to say."""
    answers = [(list(one(facts)), looks_after) for one, looks_after in CHECKS.items()]
    found = dict.fromkeys(finding for findings, _looks_after in answers for finding in findings)
    return Report(
        found=sorted(found, key=lambda finding: finding.level != "block"),
        fine=[str(looks_after) for findings, looks_after in answers if not findings],
    )


def blocking(facts: Facts, *, rehearsal: bool) -> list[Finding]:
    """What stops a freeze. A rehearsal is stopped by little, since nobody but staff sees it."""
    found = [finding for finding in findings_about(facts) if finding.level == "block"]
    if rehearsal:
        return [finding for finding in found if finding.id in REHEARSAL]
    return [finding for finding in found if finding.id not in GUESSES]


def facts_of(draft: Draft, *, mail_mode: str = "") -> Facts:
    """All that the checks may know of `draft`, rendered here. `mail_mode` as in `Facts.mode`; empty is what the issue says."""
    issue, content = draft.issue, draft.content
    publication = issue.publication
    rendered, render_problem = _render(draft)
    attached = sum(block.size for block in content.body if isinstance(block, FileBlock) and block.attach)
    facts = Facts(
        content=content,
        rendered=rendered,
        today=draft.now.astimezone(zoneinfo.ZoneInfo(publication.time_zone)).date(),
        mode=mail_mode or issue.mode,
        render_problem=render_problem,
        number_problem=draft.number_problem,
        number_gap=_gap(draft),
        asset_problems=tuple(draft.assets.problems),
        asset_bytes=sum(size for name, size in draft.assets.files.items() if name.endswith((".jpg", ".png"))),
        attachment_bytes=attached,
        from_address=publication.from_address,
        own_host=urlsplit(content.masthead.base_url).hostname or "",
        note_keys=tuple(str(child.value["key"] or "").strip() for child in issue.notes if child.value["key"]),
        earlier_subjects=_earlier_subjects(issue),
        private_paths=_private_paths(issue, draft.now),
        is_new=issue.public_from is None,
        leaves=publication.is_live and not all(map(is_loopback, choosing.hosts_in_use())),
        lenient=frozenset(publication.lenient),
    )
    return dataclasses.replace(facts, link_answers=_link_answers(facts))


def _link_answers(facts: Facts) -> dict[str, tuple[str, str]]:
    """What `masthead.issues.link_checking` found out about the links, however long ago: an old answer is better than none."""
    urls = {urldefrag(url.strip())[0] for _place, url, _text in links.links_of(facts)}
    keys = [sha256(url.encode()).hexdigest() for url in urls]
    return {row.url: (row.verdict, row.detail) for row in LinkCheck.objects.filter(key__in=keys)} if keys else {}


def _render(draft: Draft) -> tuple[Rendered | None, str]:
    try:
        return render(draft.content), ""
    except (CannotRender, TooManyFields) as error:
        return None, str(error)


def _gap(draft: Draft) -> str:
    """What is odd about a number that is not simply the next one."""
    issue = draft.issue
    if draft.numbers is None or issue.number is not None or issue.translation_of_id is not None:
        return ""
    following = numbering.next_number(issue.publication)
    if draft.numbers.first > following:
        return _("No. %(number)s leaves a gap: the next number is %(next)s.") % {"number": draft.numbers.first, "next": following}
    neighbours = Edition.objects.filter(publication=issue.publication, is_test=False)
    if neighbours.filter(number__lt=draft.numbers.first, date__gt=draft.content.date).exists() or (
        neighbours.filter(number__gt=draft.numbers.last, date__lt=draft.content.date).exists()
    ):
        return _("The numbers and the dates of the issues are in different orders.")
    return ""


def _earlier_subjects(issue: Issue) -> frozenset[str]:
    earlier = Edition.objects.filter(publication=issue.publication, is_test=False).exclude(issue_id=issue.pk)
    return frozenset(subject.casefold() for subject in earlier.order_by("-id").values_list("subject", flat=True)[:500])


def _private_paths(issue: Issue, now: datetime) -> frozenset[str]:
    """Pages of numbered issues that nobody can open yet or any more."""
    numbered = Issue.objects.filter(publication=issue.publication, number__isnull=False).exclude(pk=issue.pk)
    closed = numbered.filter(public_from=None) | numbered.filter(public_from__gt=now) | numbered.filter(visibility="mail_only")
    return frozenset(urls.path("issue", number=number) for number in closed.values_list("number", flat=True) if number)
