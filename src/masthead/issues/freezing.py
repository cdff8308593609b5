"""From a draft to an Edition: what is said, for ever.

Reading and rendering happen before the transaction, since pictures and style sheets take their time. Inside it the number is
taken and compared with the one that was rendered; if another issue took that number in between, everything is done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from masthead.audit import recording
from masthead.issues import folding, frozen_files, numbering, preflight, reading
from masthead.issues.content import Content, digest
from masthead.issues.head import head_of
from masthead.issues.models import Edition, EditionAsset, Issue, Publication
from masthead.issues.numbering import NoNumber, Numbers
from masthead.issues.reading import Draft
from masthead.issues.rendering import wording
from masthead.issues.rendering.edition import RENDERER_VERSION, Rendered

#: Each further attempt needs another issue to have taken the number in the milliseconds between.
_ATTEMPTS = 20


class NotReady(Exception):
    """The issue cannot be frozen; `problems` are sentences, each saying what is wrong and what to do."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class _NumberMoved(Exception):
    """Another issue took the number that was rendered."""


@dataclass(frozen=True)
class Prepared:
    """A draft read and rendered, ready for `freeze`."""

    draft: Draft
    rendered: Rendered
    share_image: dict[str, object] | None = None


def preview(issue: Issue, *, now: datetime | None = None) -> Content:
    """What `issue` says with the number it is planned to have, as this object has it: unsaved changes of a form, too."""
    return reading.read(issue, now=now or timezone.now()).content


def prepare(*, issue: Issue, now: datetime, test: bool = False, mail_mode: str = "") -> Prepared:
    """Read and render the newest draft of `issue`. Done before a transaction, it spares `freeze` the work inside it.

    `mail_mode`: how much of it the mail will hold (`Facts.mode`), if that is not what the issue says. Raises NotReady.
    """
    draft = reading.read(reading.newest(issue), now=now)
    facts = preflight.facts_of(draft, mail_mode=mail_mode)
    problems = preflight.blocking(facts, rehearsal=_is_rehearsal(draft.issue, test))
    if problems or facts.rendered is None:
        raise NotReady([f"{finding.place}: {finding.message} {finding.fix}".strip() for finding in problems])
    rehearsal = _is_rehearsal(draft.issue, test)
    return Prepared(draft, facts.rendered, None if rehearsal else _share_card(draft))


def freeze(
    *, issue: Issue, by: str, now: datetime, test: bool = False, prepared: Prepared | None = None, mail_mode: str = ""
) -> Edition:
    """The Edition of the newest draft of `issue`, with a number that is its own for ever.

    The same content with the same number gives the Edition that exists. With `test`, or while the publication is in test mode,
    it is a rehearsal: it holds no number and is never public. `mail_mode` as in `prepare`. Raises NotReady.
    """
    for _attempt in range(_ATTEMPTS):
        prepared = prepared or prepare(issue=issue, now=now, test=test, mail_mode=mail_mode)
        try:
            with transaction.atomic():
                edition = _freeze_once(prepared, by=by, now=now, test=test)
        except _NumberMoved:
            prepared = None
            continue
        except NoNumber as error:
            raise NotReady([str(error)]) from error
        issue.number = edition.issue.number
        return edition
    raise NotReady([_("Other issues of this publication are being frozen all the time. Try again in a moment.")])


def _freeze_once(prepared: Prepared, *, by: str, now: datetime, test: bool) -> Edition:
    draft, issue = prepared.draft, prepared.draft.issue
    if _is_rehearsal(issue, test):
        Publication.objects.select_for_update().get(pk=issue.publication_id)
        return _edition(prepared, draft.numbers, by=by, now=now, is_test=True)
    numbers = numbering.take(issue=issue, now=now)
    if numbers != draft.numbers:
        raise _NumberMoved
    return _edition(prepared, numbers, by=by, now=now, is_test=False)


def _edition(prepared: Prepared, numbers: Numbers | None, *, by: str, now: datetime, is_test: bool) -> Edition:
    """The row, written or found."""
    draft, rendered, content = prepared.draft, prepared.rendered, prepared.draft.content
    issue = draft.issue
    last = Edition.objects.filter(issue=issue, is_test=is_test).order_by("-version").first()
    fingerprint = digest(content)
    if last is not None and (last.digest, last.number, last.mail_mode) == (fingerprint, content.number, issue.mode):
        return last
    edition = Edition.objects.create(
        publication=issue.publication,
        issue=issue,
        version=last.version + 1 if last else 1,
        is_test=is_test,
        number=content.number,
        label=rendered.label,
        language=content.language,
        direction=content.dir,
        slug=issue.slug or slugify(content.title, allow_unicode=True)[:120],
        date=content.date,
        title=content.title,
        byline=rendered.byline,
        excerpt=content.excerpt,
        subject=rendered.subject,
        preheader=rendered.preheader,
        visibility=content.visibility,
        mail_mode=issue.mode,
        web_html=rendered.web_html,
        feed_html=rendered.feed_html,
        mail_html_full=rendered.mail_html_full,
        mail_html_excerpt=rendered.mail_html_excerpt,
        text_full=rendered.text_full,
        text_excerpt=rendered.text_excerpt,
        links=rendered.links,
        slots=rendered.slots,
        head=head_of(draft, web_html=rendered.web_html, share_image=prepared.share_image),
        correction_note=content.correction_note,
        renderer_version=RENDERER_VERSION,
        digest=fingerprint,
        created_at=now,
        by=by,
    )
    EditionAsset.objects.bulk_create(
        EditionAsset(edition=edition, name=name, content_type=frozen_files.FrozenFile(name, size).content_type, size=size)
        for name, size in sorted(draft.assets.files.items())
    )
    if not is_test:
        folding.store(edition)
        recording.record(
            action="issue.frozen",
            by=by,
            now=now,
            subject=f"issue:{issue.pk}",
            details={"number": edition.number, "version": edition.version, "digest": fingerprint},
        )
    return edition


def _share_card(draft: Draft) -> dict[str, object]:
    content = draft.content
    words = words_of_card(content)
    alt = f"{content.masthead.name} {words['number']}: {words['title']}"
    return draft.assets.share_card(draft.issue.lead_image, alt=alt, **words)


def words_of_card(content: Content) -> dict[str, Any]:
    """What the picture says that other sites show with a link, for `share_card.draw`."""
    with override(wording.catalogue(content.language)):
        number, date, title = wording.numbered(content), wording.dated(content), wording.plain_title(content)
    return {
        "name": content.masthead.name,
        "number": number,
        "date": date,
        "title": title,
        "host": urlsplit(content.masthead.base_url).netloc,
        "accent": content.masthead.accent,
        "rtl": content.dir == "rtl",
    }


def _is_rehearsal(issue: Issue, test: bool) -> bool:
    return test or not issue.publication.is_live
