"""Who joins, confirms, pauses and leaves. Only this, `staying` and in bulk `importing` and `bulk` write what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from masthead.audience import events, leaving, messages, subscribers, tally, tokens, tracking_consent
from masthead.audience.default_mails import LINK_DAYS
from masthead.audience.models import Confirmation, ConsentEvent, MailingList, Subscriber, Subscription
from masthead.audience.tracking_consent import Agreed
from masthead.audit.recording import record
from masthead.common.addresses import mask, normalise
from masthead.common.urls import absolute
from masthead.mail import suppressions
from masthead.mail.fingerprints import fingerprint
from masthead.mail.sender import Sender

State = Subscription.State
Kind = ConsentEvent.Kind

#: How long "undo" is offered after leaving. Later it takes a new request: the mail with the link may have been passed on.
UNDO_WITHIN = timedelta(hours=24)
#: What undoing it is called in the ledger. Nothing else by which somebody comes onto a list is called so.
UNDO = "unsubscribe page"


class UnknownLink(LookupError):
    """The token was never ours, belongs to something else, or its reader is gone."""


class LinkExpired(Exception):
    """The token was ours and is too old."""


class NoReason(ValueError):
    """Staff must say why a reader is added by hand: it is the proof of consent."""

    def __init__(self) -> None:
        super().__init__(_("Say how the reader asked for it: on paper, by phone, at an event…"))


class AddressSuppressed(Exception):
    """The address gets no mail, whatever list it is on."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("This address is suppressed (%(reason)s). Lift that first.") % {"reason": reason})


@dataclass(frozen=True, slots=True)
class Requested:
    """What to look for in one's inbox. It is the same for known and unknown addresses."""

    address_masked: str
    subject: str
    sender: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirming link stands for. `again`: it was used before, which is no mistake; then nothing was changed.

    `tracking`: the text of the consent to tracking that was given with the request, and is confirmed with it; "" for none.
    """

    subscriber: Subscriber
    lists: tuple[MailingList, ...]
    again: bool
    tracking: str = ""

    @property
    def is_active(self) -> bool:
        """Whether the reader is on one of the lists now (they may have left since the first time)."""
        return self.subscriber.subscriptions.filter(list__in=self.lists, state=State.ACTIVE).exists()


@transaction.atomic
def request(
    *,
    address: str,
    lists: Sequence[MailingList],
    text: str,
    how: str,
    sender: Sender,
    confirm_url: Callable[[str], str],
    now: datetime,
    name: str = "",
    language: str = "",
    mail_format: str = Subscriber.Format.HTML,
    mail_mode: str = Subscriber.Mode.PUBLICATION,
    attributes: Mapping[str, object] | None = None,
    tracking: Agreed | None = None,
) -> Requested:
    """Somebody asks that `address` get `lists`: mail it a link that confirms (double opt-in).

    `text` is what the form said about consent, `confirm_url` makes the link of a token. The answer and the work are alike
    for addresses that are unknown, known, suppressed or asked too often. Whoever is known keeps their own
    name, choices and attributes: the asker may be a stranger. `tracking` holds when the list does: with the button in the
    mail, or at once for who is new on lists without one. Raises BadAddress.
    """
    checked = normalise(address)
    mark = fingerprint(checked.key)
    said = messages.asked_words(lists, sender, language)
    subject = messages.subject_of(said, lists, sender)
    answer = Requested(mask(checked.address), subject, sender.address)
    waiting = tracking.as_json() if tracking is not None else {}
    may_mail = tally.may_mail_confirmation(fingerprint=mark, now=now)
    if suppressions.find(mark, checked.domain) is not None:
        return answer
    subscriber = Subscriber.objects.filter(address_key=checked.key).first()
    if not may_mail:
        if subscriber is not None:
            _widen_open_confirmation(subscriber, lists, waiting, now)
        return answer
    is_new = subscriber is None
    if subscriber is None:
        subscriber = subscribers.create(
            address=checked,
            source=how,
            now=now,
            name=name,
            language=language,
            mail_format=mail_format,
            mail_mode=mail_mode,
            attributes=attributes or {},
        )
    states = dict(subscriber.subscriptions.filter(list__in=lists).values_list("list_id", "state"))
    at_once = [entry for entry in lists if entry.opt_in == MailingList.OptIn.SINGLE] if is_new else []
    if at_once:
        for entry in at_once:
            set_state(subscriber, entry, State.ACTIVE, Kind.CONFIRMED, how=how, text=text, by="reader", now=now)
            states[entry.pk] = State.ACTIVE
    missing = [entry for entry in lists if states.get(entry.pk) != State.ACTIVE]
    _await(subscriber, missing, states, now)
    events.write(subscriber, missing or lists, Kind.REQUESTED, how=how, text=text, by="reader", now=now)
    # Written for readers of all these lists, too, though nobody gets that link: the work must not tell them from strangers.
    token = tokens.new_token()
    confirmation = Confirmation.objects.create(
        subscriber=subscriber,
        token_hash=tokens.hash_token(token),
        created_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
        tracking=waiting,
        used_at=None if missing else now,
    )
    on_it = Confirmation.lists.through
    on_it.objects.bulk_create(on_it(confirmation=confirmation, mailinglist=entry) for entry in missing or lists)
    voice: messages.Voice = {"to": subscriber.address, "sender": sender, "language": language, "now": now}
    if missing:
        messages.confirmation(said=said, lists=missing, link=confirm_url(token), subject=subject, **voice)
    elif not is_new:
        messages.already_subscribed(lists=lists, link=absolute(sender.base_url, "sign_in"), subject=subject, **voice)
    if at_once and not missing:
        tracking_consent.give_waiting(subscriber=subscriber, waiting=waiting, now=now)
    if at_once:
        messages.welcome(lists=at_once, reader=None, subject=subject, **voice)
    return answer


def peek(*, token: str, now: datetime) -> Confirmed:
    """What `confirm` would confirm; changes nothing. Raises UnknownLink and LinkExpired."""
    return _read(token, now, Confirmation.objects.select_related("subscriber"))[1]


@transaction.atomic
def confirm(*, token: str, now: datetime, notice: Sender | None = None, without_tracking: bool = False) -> Confirmed:
    """The button was pressed. A second time changes nothing and says so. Raises UnknownLink and LinkExpired.

    With `notice` the lists that send a welcome do, in that voice, once. `without_tracking`: of what was asked for, not that.
    """
    waiting = Confirmation.objects.select_related("subscriber").select_for_update(of=("self",))
    confirmation, found = _read(token, now, waiting)
    if found.again:
        return found
    person = found.subscriber.person
    states = dict(person.subscriptions.filter(list__in=found.lists).values_list("list_id", "state"))
    for entry in found.lists:
        set_state(person, entry, State.ACTIVE, Kind.CONFIRMED, how="mailed link", by="reader", now=now)
    _welcome(person, [entry for entry in found.lists if states.get(entry.pk) != State.ACTIVE], notice, now)
    if not without_tracking:
        tracking_consent.give_waiting(subscriber=person, waiting=confirmation.tracking, now=now)
    confirmation.used_at = now
    confirmation.save(update_fields=["used_at"])
    tally.forget(fingerprint=bytes(found.subscriber.fingerprint), kind=tally.Kind.CONFIRMATION)
    return found


@transaction.atomic
def withdraw(
    *,
    subscriber: Subscriber,
    lists: Iterable[MailingList] | None = None,
    how: str,
    by: str,
    now: datetime,
    kind: ConsentEvent.Kind = Kind.WITHDRAWN,
    notice: Sender | None = None,
) -> list[MailingList]:
    """The reader leaves `lists` (None: all). Returns those that were left just now; leaving twice is no mistake.

    Links that would confirm one of these lists stop doing so. With `notice` a mail in that voice says goodbye.
    `kind` may be COMPLAINED. By an address that was merged into another, the reader of the other leaves.
    """
    subscriber = subscriber.person
    found = subscriber.subscriptions.select_for_update(of=("self",)).exclude(state=State.LEFT).select_related("list")
    if lists is not None:
        found = found.filter(list__in=lists)
    left = [subscription.list for subscription in found]
    if by == "reader":
        # Where others took the reader off before: kept too, so that no undo of theirs brings the reader back.
        events.write(subscriber, leaving.unsaid(subscriber, lists, left), kind, how=how, by="reader", now=now)
    open_links = Confirmation.lists.through.objects.filter(confirmation__subscriber=subscriber, confirmation__used_at=None)
    (open_links if lists is None else open_links.filter(mailinglist__in=lists)).delete()
    if not left:
        return left
    subscriber.subscriptions.filter(list__in=left).update(state=State.LEFT, since=now, paused_until=None)
    events.write(subscriber, left, kind, how=how, by=by, now=now)
    if by.startswith("staff:"):
        record(action="reader.left", by=by, now=now, subject=f"reader:{subscriber.pk}", details=_ids(left))
    if notice is not None:
        language = subscriber.language
        messages.goodbye(to=subscriber.address, lists=left, reader=subscriber, sender=notice, language=language, now=now)
    return left


@transaction.atomic
def rejoin(*, subscriber: Subscriber, lists: Iterable[MailingList] | None = None, by: str, now: datetime) -> list[MailingList]:
    """Undo leaving, within `UNDO_WITHIN` of it. Returns the lists the reader is on again by this.

    Only what was confirmed before comes back: who left while waiting for confirmation has nothing to undo.
    """
    back = _left_lately(subscriber, subscriber.subscriptions.select_for_update(of=("self",)), lists, now)
    for entry in back:
        set_state(subscriber, entry, State.ACTIVE, Kind.CONFIRMED, how=UNDO, by=by, now=now)
    return back


def may_rejoin(*, subscriber: Subscriber, now: datetime) -> bool:
    """Whether `rejoin` would bring anything back."""
    return bool(_left_lately(subscriber, subscriber.subscriptions.all(), None, now))


@transaction.atomic
def choose(
    *,
    subscriber: Subscriber,
    lists: Iterable[MailingList],
    among: Iterable[MailingList],
    how: str,
    now: datetime,
    notice: Sender | None = None,
) -> None:
    """On the page of a reader we know: of the lists `among`, be on exactly `lists`. No confirmation: the reader is known.

    With `notice` the lists say welcome and goodbye in that voice: the page may have been opened by a forwarded mail.
    """
    wanted = {entry.pk for entry in lists}
    on = set(subscriber.subscriptions.filter(state=State.ACTIVE).values_list("list_id", flat=True))
    among = list(among)
    joined = [entry for entry in among if entry.pk in wanted - on]
    for entry in joined:
        set_state(subscriber, entry, State.ACTIVE, Kind.CONFIRMED, how=how, by="reader", now=now)
    _welcome(subscriber, joined, notice, now)
    left = [entry for entry in among if entry.pk in on - wanted]
    if left:
        withdraw(subscriber=subscriber, lists=left, how=how, by="reader", now=now, notice=notice)


@transaction.atomic
def pause(*, subscriber: Subscriber, until: date | None, lists: Iterable[MailingList] | None = None) -> None:
    """Send nothing before `until` (None: go on); the reader stays on the lists. Silence is no matter of consent: no event."""
    found = subscriber.subscriptions.filter(state=State.ACTIVE)
    (found if lists is None else found.filter(list__in=lists)).update(paused_until=until)


@transaction.atomic
def add_by_staff(
    *, subscriber: Subscriber, lists: Iterable[MailingList], reason: str, by: str, now: datetime
) -> list[MailingList]:
    """Put a reader on lists by hand; `reason` is kept as the proof of consent. Returns the lists that are new for them.

    Raises NoReason and AddressSuppressed.
    """
    reason = reason.strip()
    if not reason:
        raise NoReason
    suppression = suppressions.find(bytes(subscriber.fingerprint), subscriber.domain)
    if suppression is not None:
        raise AddressSuppressed(suppression.get_reason_display())
    on = set(subscriber.subscriptions.filter(state=State.ACTIVE).values_list("list_id", flat=True))
    added = [entry for entry in lists if entry.pk not in on]
    for entry in added:
        set_state(subscriber, entry, State.ACTIVE, Kind.ADDED, how="staff", text=reason, by=by, now=now)
    if added:
        record(action="reader.added", by=by, now=now, subject=f"reader:{subscriber.pk}", details=_ids(added))
    return added


def _left_lately(
    subscriber: Subscriber, among: QuerySet[Subscription], lists: Iterable[MailingList] | None, now: datetime
) -> list[MailingList]:
    found = among.filter(state=State.LEFT, since__gt=now - UNDO_WITHIN)
    if lists is not None:
        found = found.filter(list__in=lists)
    joined = (Kind.CONFIRMED, Kind.IMPORTED, Kind.ADDED, Kind.MERGED)
    was_on = set(subscriber.consent_events.filter(kind__in=joined).values_list("list_id", flat=True))
    return [subscription.list for subscription in found.select_related("list") if subscription.list_id in was_on]


def _welcome(subscriber: Subscriber, joined: Iterable[MailingList], notice: Sender | None, now: datetime) -> None:
    """The welcome of the lists that send one. A list that needs no confirmation said it when it was joined by the form."""
    lists = [entry for entry in joined if entry.sends_welcome or entry.opt_in == MailingList.OptIn.SINGLE]
    if lists and notice is not None:
        language = subscriber.language
        messages.welcome(to=subscriber.address, lists=lists, reader=subscriber, sender=notice, language=language, now=now)


def _read(token: str, now: datetime, among: QuerySet[Confirmation]) -> tuple[Confirmation, Confirmed]:
    confirmation = among.filter(token_hash=tokens.hash_token(token)).first()
    if confirmation is None:
        raise UnknownLink
    lists = tuple(confirmation.lists.all())
    again = confirmation.used_at is not None
    if not again and (now >= confirmation.expires_at or not lists):
        raise LinkExpired
    return confirmation, Confirmed(confirmation.subscriber, lists, again, str(confirmation.tracking.get("text", "")))


def _widen_open_confirmation(
    subscriber: Subscriber, lists: Sequence[MailingList], tracking: dict[str, object], now: datetime
) -> None:
    """Asked again too soon for another mail: the link that is on its way shall confirm these lists, too."""
    open_one = subscriber.confirmations.filter(used_at=None, expires_at__gt=now).order_by("-id").first()
    if open_one is None:
        return
    states = dict(subscriber.subscriptions.filter(list__in=lists).values_list("list_id", "state"))
    missing = [entry for entry in lists if states.get(entry.pk) != State.ACTIVE]
    _await(subscriber, missing, states, now)
    open_one.lists.add(*missing)
    if tracking:
        Confirmation.objects.filter(pk=open_one.pk).update(tracking=tracking)


def _await(subscriber: Subscriber, lists: Sequence[MailingList], states: dict[int, str], now: datetime) -> None:
    """Mark as waiting. Who left stays marked as having left until they confirm: a stranger's request must not wipe that out."""
    subscriber.subscriptions.filter(list__in=lists, state=State.PENDING).update(since=now)
    Subscription.objects.bulk_create(
        Subscription(subscriber=subscriber, list=entry, state=State.PENDING, since=now)
        for entry in lists
        if entry.pk not in states
    )


def set_state(
    subscriber: Subscriber,
    mailing_list: MailingList,
    state: Subscription.State,
    kind: ConsentEvent.Kind,
    *,
    how: str,
    by: str,
    now: datetime,
    text: str = "",
) -> None:
    """Put a subscription into a state, with its event. For the acts of consent of this package alone."""
    Subscription.objects.update_or_create(
        subscriber=subscriber, list=mailing_list, defaults={"state": state, "since": now, "paused_until": None}
    )
    if state == State.ACTIVE and subscriber.merged_into_id is not None:
        # Whoever joins by this address is a reader of their own again.
        Subscriber.objects.filter(pk=subscriber.pk).update(merged_into=None)
        subscriber.merged_into = None
    events.write(subscriber, [mailing_list], kind, how=how, by=by, now=now, text=text)


def _ids(lists: Iterable[MailingList]) -> dict[str, object]:
    return {"lists": [entry.pk for entry in lists]}
