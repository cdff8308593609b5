"""A sending without a relay: the mail of every reader is made before the first one leaves, and what is odd is named."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from masthead.audience import lookups as audience
from masthead.audience.models import MailingList, Subscriber
from masthead.audience.segments.compiling import SegmentBroken
from masthead.common.addresses import BadAddress, mask
from masthead.delivery import narrowing
from masthead.delivery.composing import copy_of_text
from masthead.delivery.models import DryRun
from masthead.delivery.narrowing import EVERYBODY, Narrowing
from masthead.delivery.rendering import MODES, Reader, Renderer, as_text
from masthead.issues import attaching, reading
from masthead.issues.models import Issue
from masthead.issues.numbering import NoNumber
from masthead.issues.rendering.edition import CannotRender, render
from masthead.issues.rendering.merge import TooManyFields
from masthead.mail.address_words import why_not
from masthead.mail.encoding.slots import BadMail
from masthead.mail.message import fault_of

#: How many readers of each kind a report names.
NAMED = 20
#: A mail this many times the middle one is an outlier: some reader's value is no name of a person.
OUTLIER = 1.5
_CHUNK = 2_000
_STEP = 200
#: How often a task says how far it is.
_TELL_SECONDS = 1.0
_COLUMNS = ("address", "name", "language", "mail_format", "mail_mode", "attributes")


@dataclass(frozen=True)
class Named:
    """A reader as a report names them: `id` for the desk's own links, the address masked, and what was found."""

    id: int
    address: str
    what: str


@dataclass
class Report:
    """What making all mails showed.

    `empty` counts per merge field the readers who get its fallback, `parts` per condition those who get what stands under it,
    `variants` the mails by length and format ("full html");
    `samples` names one reader of each. Sizes are those of whole mails in bytes; `outliers` are much larger than the middle one.
    """

    audience: int = 0
    made: int = 0
    error_count: int = 0
    errors: list[Named] = field(default_factory=list)
    empty: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    variants: dict[str, int] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    smallest: int = 0
    middle: int = 0
    largest: int = 0
    outlier_count: int = 0
    outliers: list[Named] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether every mail could be made."""
        return not self.error_count

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {**asdict(self), "is_fine": self.is_fine}


Progress = Callable[[int, int], None]


def run(
    *,
    issue: Issue,
    lists: Sequence[MailingList],
    now: datetime,
    mail_mode: str | None = None,
    progress: Progress = lambda done, total: None,
    part: Narrowing = EVERYBODY,
) -> Report:
    """Make the mail of the newest draft of `issue` for every reader of `lists` (of `part` of them), and throw it away.

    The very code that sends makes them; suppressed and paused readers are left out as they will be. Nothing is written and no
    number taken. Raises CannotRender and TooManyFields for a draft that cannot be shown, BadMail for one that no mail can hold,
    SegmentBroken.
    """
    renderer = _renderer(issue, lists, now, mail_mode)
    renderer.compile_all()
    readers = audience.active_in(lists, today=now.date()).filter(part.condition(now))
    report = Report(audience=readers.count())
    sizes: Counter[int] = Counter()
    largest: list[tuple[int, int, str]] = []
    fields = {slot["field"] for slot in renderer.copy.slots.values()}
    report.empty = dict.fromkeys(sorted(fields), 0)
    report.parts = dict.fromkeys(renderer.conditions, 0)
    date = int(now.timestamp())
    for done, (pk, reader) in enumerate(_readers(readers), 1):
        if done % _STEP == 0:
            progress(done, report.audience)
        for name in _empty(reader, fields):
            report.empty[name] += 1
        for condition in renderer.parts_for(reader):
            report.parts[condition] += 1
        try:
            message = renderer.render(reader, delivery_id=pk, date=date)
            fault = fault_of(message)
        except (BadMail, BadAddress) as error:
            fault = why_not(error)
            message = None
        if message is None or fault:
            report.error_count += 1
            if len(report.errors) < NAMED:
                report.errors.append(Named(pk, mask(reader.address), fault or ""))
            continue
        report.made += 1
        variant = _variant(renderer, reader)
        report.variants[variant] = report.variants.get(variant, 0) + 1
        report.samples.setdefault(variant, pk)
        size = len(message.raw)
        sizes[size] += 1
        if len(largest) < NAMED or size > largest[-1][0]:
            largest = sorted([*largest, (size, pk, mask(reader.address))], reverse=True)[:NAMED]
    progress(report.audience, report.audience)
    _measure(report, sizes, largest)
    return report


@transaction.atomic
def open_run(
    *,
    issue: Issue,
    lists: Sequence[MailingList],
    by: str,
    now: datetime,
    part: Narrowing = EVERYBODY,
    mail_mode: str = "",
) -> DryRun:
    """A run that waits for its task. Earlier ones go, also one that a lost worker left behind."""
    DryRun.objects.filter(issue=issue).delete()
    opened = DryRun.objects.create(issue=issue, by=by, created_at=now, mail_mode=mail_mode)
    opened.lists.set(lists)
    narrowing.keep_for_dry_run(opened, part)
    return opened


def execute(*, run_id: int, now: datetime) -> None:
    """Do what the run says, once: a run that somebody else has begun, or that is gone, is left alone."""
    if not DryRun.objects.filter(pk=run_id, state=DryRun.State.WAITING).update(state=DryRun.State.RUNNING):
        return
    opened = DryRun.objects.select_related("issue__publication").get(pk=run_id)
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < _TELL_SECONDS:
            return
        told = time.monotonic()
        DryRun.objects.filter(pk=run_id).update(done=done, total=total)

    try:
        report = run(
            issue=opened.issue,
            lists=list(opened.lists.all()),
            now=now,
            mail_mode=opened.mail_mode or None,
            progress=tell,
            part=narrowing.of_dry_run(opened),
        )
    except (CannotRender, TooManyFields, BadMail, NoNumber, SegmentBroken) as error:
        DryRun.objects.filter(pk=run_id).update(state=DryRun.State.FAILED, error=str(error))
        return
    DryRun.objects.filter(pk=run_id).update(
        state=DryRun.State.FINISHED, done=report.audience, total=report.audience, report=report.as_dict()
    )


def newest(issue: Issue) -> DryRun | None:
    """The last run of `issue`."""
    return DryRun.objects.filter(issue=issue).order_by("-id").first()


def _renderer(issue: Issue, lists: Sequence[MailingList], now: datetime, mail_mode: str | None) -> Renderer:
    draft = reading.read(reading.newest(issue), now=now)
    publication = issue.publication
    source = lists[0] if len(lists) == 1 else publication
    mode = mail_mode or draft.issue.mode
    copy = copy_of_text(
        render(draft.content),
        publication=publication,
        number=draft.content.number,
        mail_mode=mode,
        list_name=source.name,
        list_slug=source.slug,
        reference="dry",
        is_test=not publication.is_live,
        attachments=attaching.loaded(attaching.attached(draft.content)),
    )
    return Renderer(copy)


def _readers(readers: QuerySet[Subscriber]) -> Iterator[tuple[int, Reader]]:
    """All of them by id, a chunk at a time: a cursor held open for minutes would hold back everybody who writes."""
    after = 0
    while True:
        rows = list(readers.filter(pk__gt=after).order_by("pk").values_list("pk", *_COLUMNS)[:_CHUNK])
        for pk, address, name, language, mail_format, mail_mode, attributes in rows:
            yield pk, Reader(address, name, language, mail_format, mail_mode, json.dumps(attributes or {}))
        if len(rows) < _CHUNK:
            return
        after = rows[-1][0]


def _empty(reader: Reader, fields: set[str]) -> list[str]:
    """The merge fields that this reader has no value for."""
    if not fields:
        return []
    known: dict[str, object] = {
        **json.loads(reader.attributes),
        "name": reader.name,
        "address": reader.address,
        "language": reader.language,
    }
    return [name for name in fields if not as_text(known.get(name))]


def _variant(renderer: Renderer, reader: Reader) -> str:
    mode = renderer.copy.mail_mode
    if mode not in MODES:
        mode = reader.mail_mode or renderer.copy.default_mode
    return f"{mode if mode in MODES else 'full'} {reader.mail_format}"


def _measure(report: Report, sizes: Counter[int], largest: list[tuple[int, int, str]]) -> None:
    if not sizes:
        return
    report.smallest, report.largest = min(sizes), max(sizes)
    seen = 0
    for size in sorted(sizes):
        seen += sizes[size]
        if seen * 2 >= report.made:
            report.middle = size
            break
    border = report.middle * OUTLIER
    report.outlier_count = sum(count for size, count in sizes.items() if size > border)
    report.outliers = [Named(pk, address, f"{round(size / 1000)} kB") for size, pk, address in largest if size > border]
