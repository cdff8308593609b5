"""A list goes for good: what uses it is said before, and what is under way keeps it.

A list that nobody was ever on leaves nothing behind. Of any other the name stays, without readers, for the consent ledger and
for the reports of what was sent to it (see `MailingList`); its subscriptions go, in the background where they are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.audience.models import (
    BulkAction,
    Confirmation,
    ConsentEvent,
    ImportRun,
    MailingList,
    Reconfirmation,
    Segment,
    SignUpForm,
    Subscription,
)
from masthead.audience.segments import tree
from masthead.audience.segments.compiling import SEGMENT
from masthead.audience.segments.tree import BadRule
from masthead.audit.recording import record

State = Subscription.State
#: So many subscriptions go in one transaction, so that nobody waits long to write.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Use:
    """Something that has to do with a list, in words; by name where it has names.

    `blocks`: it must end before the list can go. `remembers`: it names the list for good.
    """

    words: str
    names: tuple[str, ...] = ()
    blocks: bool = False
    remembers: bool = False


#: What other parts of the whole use lists for, by a name; each enters itself when it is loaded.
ALSO_USE: dict[str, Callable[[MailingList], Iterable[Use]]] = {}


class ListInUse(Exception):
    """Something is under way that goes to the list."""

    def __init__(self, mailing_list: MailingList, uses: Iterable[Use]) -> None:
        why = " ".join(f"{use.words} ({', '.join(use.names)})." if use.names else f"{use.words}." for use in uses)
        super().__init__(_("The list “%(name)s” cannot be deleted now. %(why)s") % {"name": mailing_list.name, "why": why})


def uses(mailing_list: MailingList) -> list[Use]:
    """What uses the list now, what would miss it, and what remembers it."""
    found = [*_own(mailing_list)]
    for of_others in ALSO_USE.values():
        found += of_others(mailing_list)
    return found


def delete(*, mailing_list: MailingList, by: str, now: datetime) -> bool:
    """Delete the list, for good. Raises ListInUse.

    Returns whether its name stays. Then `sweep` has to take its subscriptions away; nothing counts them until then.
    """
    with transaction.atomic():
        locked = MailingList.objects.select_for_update().filter(pk=mailing_list.pk).first()
        if locked is None:
            return MailingList.every.filter(pk=mailing_list.pk).exists()
        found = uses(locked)
        if blocking := [use for use in found if use.blocks]:
            raise ListInUse(locked, blocking)
        details = {"name": locked.name, "readers": locked.subscriptions.filter(state=State.ACTIVE).count()}
        record(action="list.deleted", by=by, now=now, subject=f"list:{locked.pk}", details=details)
        stays = any(use.remembers for use in found) or _has_history(locked)
        if stays:
            MailingList.every.filter(pk=locked.pk).update(deleted_at=now)
            # Links that would confirm it confirm nothing any more.
            Confirmation.lists.through.objects.filter(mailinglist=locked, confirmation__used_at=None).delete()
        else:
            locked.delete()
    return stays


def sweep(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Take away what is left of subscriptions to lists that were deleted. May be interrupted. Returns how many went."""
    went = 0
    gone = list(MailingList.every.exclude(deleted_at=None).values_list("pk", flat=True))
    while gone and not stopping():
        some = list(Subscription.objects.filter(list__in=gone).values_list("pk", flat=True)[:BATCH])
        if not some:
            break
        with transaction.atomic():
            went += Subscription.objects.filter(pk__in=some).delete()[0]
    return went


def segments_by(mailing_list: MailingList) -> list[Segment]:
    """The segments that ask for the list, and those that refer to one of them."""
    asked: dict[Segment, set[tuple[str, str]]] = {}
    for segment in Segment.objects.all():
        try:
            asked[segment] = {(leaf.condition, leaf.subject) for leaf in tree.leaves(tree.read(segment.rule))}
        except BadRule:
            continue
    wanted = {("list", str(mailing_list.pk)), ("joined_list", str(mailing_list.pk))}
    found: list[Segment] = []
    while more := [segment for segment, asks in asked.items() if segment not in found and asks & wanted]:
        found += more
        wanted |= {(SEGMENT, str(segment.pk)) for segment in more}
    return sorted(found, key=list(asked).index)


def _own(mailing_list: MailingList) -> Iterable[Use]:
    counted = mailing_list.subscriptions.order_by().values_list("state").annotate(n=Count("pk"))
    numbers: dict[str, int] = dict(counted)
    on_it = numbers.get(State.ACTIVE, 0) + numbers.get(State.PENDING, 0)
    if on_it:
        words = ngettext("%(count)d reader is on it or waits to be", "%(count)d readers are on it or wait to be", on_it)
        yield Use(words % {"count": on_it}, remembers=True)
    if left := numbers.get(State.LEFT, 0):
        words = ngettext("%(count)d reader has left it", "%(count)d readers have left it", left)
        yield Use(words % {"count": left}, remembers=True)
    if segments := segments_by(mailing_list):
        yield Use(_("Segments ask for it, and cannot be used any more"), tuple(each.name for each in segments))
    forms = list(SignUpForm.objects.filter(lists=mailing_list))
    if forms:
        yield Use(_("Sign-up forms offer it; one without another list leads to the publication’s own"), _names(forms))
    imports = ImportRun.objects.filter(list=mailing_list)
    if imports.filter(state__in=[ImportRun.State.RUNNING, ImportRun.State.UNDOING]).exists():
        yield Use(_("An import into it is under way"), blocks=True)
    rounds = Reconfirmation.objects.filter(list=mailing_list)
    if rounds.filter(state__in=[Reconfirmation.State.ASKING, Reconfirmation.State.PAUSED]).exists():
        yield Use(_("Its readers are being asked whether they want to stay"), blocks=True)
    actions = BulkAction.objects.filter(list=mailing_list)
    if actions.filter(state__in=[BulkAction.State.WAITING, BulkAction.State.RUNNING, BulkAction.State.UNDOING]).exists():
        yield Use(_("An action on many readers of it is under way"), blocks=True)


def _names(found: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(each) for each in found)


def _has_history(mailing_list: MailingList) -> bool:
    kept = (ImportRun, Reconfirmation, BulkAction, ConsentEvent)
    return any(model._default_manager.filter(list=mailing_list).exists() for model in kept)
