"""One reader: what they get, what they agreed to, what was sent to them."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from masthead.audience import consent, defining, erasure, exporting, lookups, merging, subscribers, tagging
from masthead.audience.attributes import language_name, show
from masthead.audience.models import Attribute, ConsentEvent, Subscriber
from masthead.audit.recording import record
from masthead.bounces import exporting as returned
from masthead.bounces.lookups import of_reader, replies_of_reader, soft_since_success
from masthead.delivery.lookups import reader_history
from masthead.mail import single_lookups, suppressions
from masthead.team.roles import may, requires
from masthead.tracking import readers as readings
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.readers.forms import JoinForm, KnownForm, ReaderForm
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.readers.paging import stretch_of
from masthead.web.admin.returns.listing import row_of
from masthead.web.admin.staff import staff
from masthead.web.admin.words import names_of

_MOST_CAME_BACK = 20
_MOST_SINGLE = 20
_A_PAGE = 50
_FIELDS = ("address", "name", "language", "mail_format", "mail_mode", "note")


@require_http_methods(["GET", "HEAD"])
@requires("readers.view")
def reader(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything we know of one reader."""
    return _show(request, get_object_or_404(Subscriber, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change address, name, language, format."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    form = ReaderForm(request.POST or None, initial={field: getattr(subscriber, field) for field in _FIELDS})
    known = KnownForm(subscriber, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and known.is_valid() and _keep(request, subscriber, form, known):
        messages.success(request, _("Saved."))
        return redirect("desk_reader", pk)
    context = {"title": _("Change %(address)s") % {"address": subscriber.address}, "form": form, "known": known}
    context["subscriber"] = subscriber
    return render(request, "web_admin/readers/edit.html", context)


def _keep(request: HttpRequest, subscriber: Subscriber, form: ReaderForm, known: KnownForm) -> bool:
    """All of it or nothing; what is wrong stands in the forms."""
    by, now = staff(request).actor, timezone.now()
    with transaction.atomic():
        wrong = defining.answer(subscriber=subscriber, among=known.attributes, typed=known.typed(), by=by, now=now)
        for key, words in wrong.items():
            known.add_error(f"attribute-{key}", words)
        try:
            tagging.set_all(subscriber=subscriber, names=known.tags(), by=by, now=now)
        except tagging.BadTag as error:
            known.add_error("tags", str(error))
        try:
            subscribers.edit(subscriber=subscriber, by=by, now=now, **form.cleaned_data)
        except subscribers.AddressKnown as error:
            form.add_error("address", str(error))
        if form.errors or known.errors:
            transaction.set_rollback(True)
            return False
    return True


@require_POST
@requires("readers.edit")
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """One more note, with day and name."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    person, now = staff(request), timezone.now()
    try:
        subscribers.add_note(subscriber=subscriber, text=request.POST.get("note", ""), who=str(person), by=person.actor, now=now)
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("desk_reader", pk)


@require_POST
@requires("readers.edit")
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on one more list, with the reason."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    form = JoinForm(subscriber, lists_known_to(staff(request)), request.POST)
    if form.is_valid():
        chosen, reason = form.cleaned_data["list"], form.cleaned_data["reason"]
        try:
            consent.add_by_staff(
                subscriber=subscriber, lists=[chosen], reason=reason, by=staff(request).actor, now=timezone.now()
            )
        except (consent.NoReason, consent.AddressSuppressed) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Added to %(list)s.") % {"list": chosen.name})
            return redirect("desk_reader", pk)
    return _show(request, subscriber, join_form=form)


@require_POST
@requires("readers.edit")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take off one list, or off all."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    chosen = request.POST.get("list", "")
    on = [entry.list for entry in subscriber.subscriptions.select_related("list") if chosen in {str(entry.list_id), "all"}]
    left = consent.withdraw(subscriber=subscriber, lists=on, how="staff", by=staff(request).actor, now=timezone.now())
    for entry in left:
        messages.success(request, _("Taken off %(list)s.") % {"list": entry.name})
    return redirect("desk_reader", pk)


@require_POST
@requires("readers.edit")
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let mail through again, with the reason. A blocked domain is not lifted from here."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    suppression = suppressions.find(bytes(subscriber.fingerprint), subscriber.domain)
    why = request.POST.get("why", "").strip()
    if suppression is None or suppression.domain:
        raise Http404
    if not why:
        messages.error(request, _("Say why mail may go there again."))
    else:
        suppressions.lift(suppression=suppression, why=why[:500], by=staff(request).actor, now=timezone.now())
        messages.success(request, _("Mail goes to this address again."))
    return redirect("desk_reader", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
@signed_in_freshly
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then erases."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    if request.method == "POST":
        now = timezone.now()
        erasure.erase(subscriber=subscriber, by=staff(request).actor, now=now)
        tell_owners(what=_("One reader was erased."), who=staff(request), now=now)
        messages.success(request, _("The reader is erased."))
        return redirect("desk_readers")
    context = {"title": _("Erase %(address)s?") % {"address": subscriber.address}, "subscriber": subscriber}
    return render(request, "web_admin/readers/erase.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.export")
@signed_in_freshly
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """What we hold about one reader, as they may ask for it: JSON. First a page with the button, as for every export."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    if request.method != "POST":
        context = {"title": _("Download data"), "back": reverse("desk_reader", args=[pk]), "back_words": subscriber.address}
        return render(request, "web_admin/readers/download.html", context)
    now = timezone.now()
    record(action="reader.exported", by=staff(request).actor, now=now, subject=f"reader:{pk}")
    tell_owners(what=_("The data of one reader was downloaded."), who=staff(request), now=now)
    held = {
        **exporting.reader_data(subscriber=subscriber),
        "replies": returned.replies_of(subscriber),
        "tracking": readings.data_of(subscriber),
    }
    body = json.dumps(held, ensure_ascii=False, indent=2)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reader-{pk}.json"'
    return answer


def _events(subscriber: Subscriber) -> list[ConsentEvent]:
    """Newest first, each with the name of who did it where that was not the reader."""
    events = list(lookups.timeline(subscriber))[::-1]
    names = names_of({event.by for event in events} - {"reader"})
    for event in events:
        event.who = names.get(event.by, "")  # type: ignore[attr-defined]
    return events


def _known(subscriber: Subscriber) -> list[tuple[str, str]]:
    """Labels and values as people read them; what has no definition stands by its merge field."""
    language = get_language() or "en"
    held = subscriber.attributes
    defined = {attribute.key: attribute for attribute in Attribute.objects.all()} if held else {}
    found = [(each.label, show(each, held[key], language)) for key, each in defined.items() if key in held]
    return found + [(key, str(value)) for key, value in held.items() if key not in defined]


def _show(request: HttpRequest, subscriber: Subscriber, join_form: JoinForm | None = None) -> HttpResponse:
    form = join_form or JoinForm(subscriber, lists_known_to(staff(request)))
    prefetch_related_objects([subscriber], "merged")
    sees_returns = may(request.user, "returns.view")
    found = list(of_reader(subscriber)[: _MOST_CAME_BACK + 1]) if sees_returns else []
    came_back = [row_of(finding) for finding in found[:_MOST_CAME_BACK]]
    all_found = found if len(found) <= _MOST_CAME_BACK else None
    mails = stretch_of(reader_history(subscriber), request.GET.get("mails", ""), size=_A_PAGE)
    read = readings.of_reader(subscriber, [each.campaign_id for each in mails.object_list if each.campaign.tracks_readers])
    for each in mails.object_list:
        each.read = read.get(each.campaign_id)
    context = {
        "title": subscriber.address,
        "subscriber": subscriber,
        "subscriptions": form.subscriptions,
        "language": language_name(subscriber.language, get_language() or "en") if subscriber.language else "",
        "known": _known(subscriber),
        "tags": subscriber.tags.all(),
        "events": _events(subscriber),
        "single_mails": single_lookups.to_address(subscriber.address)[:_MOST_SINGLE],
        "mails": mails,
        "tracked_by": readings.consents_of(subscriber),
        "some_are_tracked": any(each.campaign.tracks_readers for each in mails.object_list),
        "suppression": suppressions.find(bytes(subscriber.fingerprint), subscriber.domain),
        "merges": merging.merges_of(subscriber),
        "came_back": came_back,
        "replies": replies_of_reader(subscriber)[:_MOST_CAME_BACK] if may(request.user, "replies.read") else [],
        "soft": soft_since_success(subscriber, now=timezone.now(), among=all_found) if came_back else 0,
        "join_form": form if form.others else None,
        "may_edit": may(request.user, "readers.edit"),
        "may_export": may(request.user, "readers.export"),
        "today": timezone.now().date(),
    }
    return render(request, "web_admin/readers/reader.html", context)
