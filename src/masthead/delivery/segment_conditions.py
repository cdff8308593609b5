"""What the ledger knows of readers, as a condition of segments: whom an issue reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.audience.segments.conditions import Asked, Condition, Operator, Rows, registry
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Issue

State = Delivery.State
#: So many issues can be chosen at the desk; a rule may name any.
_NEWEST = 500


def register() -> None:
    """Tell the registry of segment conditions what the ledger knows; called when the application starts."""
    registry.register(ISSUE)


class SentIssue(str):
    """What an issue is called in a rule, and its id."""

    pk: int

    @classmethod
    def of(cls, issue: Issue) -> SentIssue:
        """The name of `issue`."""
        made = cls(f"{issue.publication.name} {_('No.')} {issue.label or issue.number}")
        made.pk = issue.pk
        return made


class Issues(Mapping[str, SentIssue]):
    """Issues that were sent, by their id as text; with `tracked` those alone by which readers who agreed can be told apart.

    Asked one by one: an old bulletin has thousands, a rule names a few.
    """

    def __init__(self, *, tracked: bool = False) -> None:
        self._known: dict[str, SentIssue | None] = {}
        self._tracked = tracked

    def __getitem__(self, key: str) -> SentIssue:
        if key not in self._known:
            found = self._sent().filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
            self._known[key] = SentIssue.of(found) if found else None
        name = self._known[key]
        if name is None:
            raise KeyError(key)
        return name

    def __iter__(self) -> Iterator[str]:
        return iter([str(issue.pk) for issue in self._newest()])

    def __len__(self) -> int:
        return len(self._newest())

    def _newest(self) -> Sequence[Issue]:
        newest = list(self._sent().order_by("-number", "-pk")[:_NEWEST])
        self._known |= {str(issue.pk): SentIssue.of(issue) for issue in newest}
        return newest

    def _sent(self) -> QuerySet[Issue]:
        sent: QuerySet[Issue] = Issue.objects.filter(editions__campaigns__isnull=False, editions__is_test=False)
        if self._tracked:
            sent = Issue.objects.filter(editions__campaigns__tracks_readers=True, editions__is_test=False)
        found: QuerySet[Issue] = sent.select_related("publication").distinct()
        return found


def campaigns_of(issue: str) -> QuerySet[Campaign]:
    """The sendings of the issue with this id, rehearsals aside."""
    return Campaign.objects.filter(edition__issue=int(issue), edition__is_test=False)


def _issue(asked: Asked) -> Rows:
    # The ids of its few campaigns, so that the ledger is asked by its unique index (reader, campaign).
    campaigns = [each.pk for each in campaigns_of(asked.subject)]
    rows = Delivery.objects.filter(campaign__in=campaigns, subscriber__isnull=False)
    if asked.operator in {"accepted", "missed"}:
        return Rows(rows.filter(state=State.ACCEPTED), has=asked.operator == "accepted")
    return Rows(rows.filter(state__in=(State.REJECTED, State.EXPIRED)))


ISSUE = Condition(
    name="issue",
    label=gettext_lazy("Issue"),
    subjects=Issues,
    gone=gettext_lazy("the issue %(name)s is gone, or was never sent."),
    operators=lambda _issue: {
        "accepted": Operator(gettext_lazy("the mail server took it"), sentence=gettext_lazy("the mail server took “%(name)s”")),
        "missed": Operator(gettext_lazy("was not reached by it"), sentence=gettext_lazy("was not reached by “%(name)s”")),
        "refused": Operator(gettext_lazy("was refused or given up"), sentence=gettext_lazy("“%(name)s” was refused or given up")),
    },
    compile=_issue,
)
