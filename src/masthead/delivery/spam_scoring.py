"""The mail of a draft as SpamAssassin judges it, without the network: what words and form alone do.

What a receiver adds for the reputation of an address is not in it; `masthead doctor` looks at that side.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from masthead.common import spamassassin
from masthead.common.spamassassin import CannotScore, Score
from masthead.delivery.composing import copy_of_text
from masthead.delivery.models import SpamScore
from masthead.delivery.rendering import Reader, Renderer
from masthead.issues import attaching, readiness, reading
from masthead.issues.models import Issue
from masthead.issues.numbering import NoNumber
from masthead.issues.preflight import Finding
from masthead.issues.rendering.edition import CannotRender, render
from masthead.issues.rendering.merge import TooManyFields
from masthead.mail.encoding.slots import BadMail

#: From this part of SpamAssassin's limit on an editor should look: receivers set lower limits, and reputation adds to it.
WORTH_A_LOOK = 0.4
#: How many rules are named.
NAMED = 5
#: The reader of the mail that is scored. Nobody's address, of a domain kept for that (RFC 2606).
_READER = Reader("reader@example.net", name="Reader")
#: A mail needs some delivery for its links; a test's.
_NOBODY = 0


def ask(*, issue: Issue, now: datetime) -> SpamScore:
    """Note that the score of `issue` is wanted; `execute` finds it out."""
    row, _made = SpamScore.objects.update_or_create(
        issue=issue, defaults={"state": SpamScore.State.WAITING, "asked_at": now, "error": ""}
    )
    return row


def execute(*, issue_id: int, now: datetime) -> None:
    """Score the newest draft if somebody waits for it, and keep the answer, or why there is none."""
    row = SpamScore.objects.select_related("issue__publication").filter(issue_id=issue_id, state=SpamScore.State.WAITING).first()
    if row is None:
        return
    row.fingerprint = readiness.fingerprint(row.issue, now=now)
    try:
        found = score(issue=row.issue, now=now)
    except (CannotScore, CannotRender, TooManyFields, BadMail, NoNumber) as error:
        row.state, row.error, row.rules = SpamScore.State.FAILED, str(error), []
    else:
        row.state, row.points, row.limit = SpamScore.State.FINISHED, found.points, found.limit
        row.rules = [[rule.points, rule.name, rule.what] for rule in found.rules]
    row.save()


def score(*, issue: Issue, now: datetime) -> Score:
    """What SpamAssassin says of the mail of the newest draft. Raises CannotScore, and what `mail_of` raises."""
    return spamassassin.score(mail_of(issue=issue, now=now))


def mail_of(*, issue: Issue, now: datetime) -> bytes:
    """The bytes a reader would get of the newest draft; nothing is written and no number taken.

    Raises CannotRender and TooManyFields for a draft that cannot be shown, BadMail for one that no mail can hold.
    """
    draft = reading.read(reading.newest(issue), now=now)
    publication = issue.publication
    copy = copy_of_text(
        render(draft.content),
        publication=publication,
        number=draft.content.number,
        mail_mode="excerpt" if draft.issue.mode == "excerpt" else "full",
        list_name=publication.name,
        list_slug=publication.slug,
        reference="score",
        is_test=False,
        attachments=attaching.loaded(attaching.attached(draft.content)),
    )
    return Renderer(copy).render(_READER, delivery_id=_NOBODY, date=int(now.timestamp())).raw


def newest(issue: Issue) -> SpamScore | None:
    """What was found out last, or is being found out."""
    return SpamScore.objects.filter(issue=issue).first()


def is_current(row: SpamScore, *, now: datetime) -> bool:
    """Whether `row` speaks of the newest draft."""
    return row.state == SpamScore.State.FINISHED and row.fingerprint == readiness.fingerprint(row.issue, now=now)


def findings(issue: Issue, *, now: datetime) -> list[Finding]:
    """What pre-flight says of the last score; nothing about one that is low, or of another text."""
    row = newest(issue)
    if row is None or not is_current(row, now=now) or row.points < row.limit * WORTH_A_LOOK:
        return []
    shown = {"points": f"{row.points:.1f}", "limit": f"{row.limit:.1f}"}
    message = (
        _("SpamAssassin takes this mail for spam: %(points)s points, and %(limit)s are its limit.")
        if row.points >= row.limit
        else _("SpamAssassin gives this mail %(points)s points; from %(limit)s on it is spam.")
    )
    worst = "; ".join(f"{what} ({points:+.1f})" for points, _name, what in row.rules[:NAMED] if points > 0)
    return [Finding("spam-score", "warn", _("mail"), message % shown, _("What adds to it: %(rules)s.") % {"rules": worst})]
