"""Readers: all of them, filtered, in columns and an order of one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from masthead.audience import consent, subscribers
from masthead.audience.attributes import show
from masthead.audience.models import BulkAction, Subscriber
from masthead.team.roles import may, requires
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.readers import paging
from masthead.web.admin.readers.columns import chosen_by, offered
from masthead.web.admin.readers.filter_form import A_PAGE, FilterForm
from masthead.web.admin.readers.forms import NewReaderForm
from masthead.web.admin.readers.paging import page_of
from masthead.web.admin.staff import staff


@require_safe
@requires("readers.view")
def readers(request: HttpRequest) -> HttpResponse:
    """A page of readers, newest first unless another order is chosen."""
    search, now = FilterForm(request.GET), timezone.now()
    attributes = search.there_is.attributes
    there_are = offered(attributes)
    shown = chosen_by(staff(request), there_are)
    found = search.found(now=now)
    searched = bool(search.data.get("q", "").strip())
    page = page_of(
        found.prefetch_related("tags") if "tags" in shown else found,
        request.GET,
        size=A_PAGE,
        counted=paging.COUNTED_OF_A_SEARCH if searched else paging.COUNTED,
        searched=searched,
    )
    own = [each for each in attributes if f"attribute-{each.key}" in shown]
    for reader in page.object_list:
        held = reader.attributes
        for entry in reader.subscriptions.all():
            entry.called = search.there_is.lists.get(entry.list_id, "")  # type: ignore[attr-defined]
        reader.own = [(each.label, show(each, held.get(each.key), get_language() or "en")) for each in own]  # type: ignore[attr-defined]
    context = {
        "title": _("Readers"),
        "search": search,
        "is_filtered": bool(search.carried()),
        "page": page,
        "shown": shown,
        "own": own,
        "columns": [(name, words, name in shown) for name, words in there_are.items()],
        "actions": BulkAction.What.choices,
        "may_edit": may(request.user, "readers.edit"),
        "may_export": may(request.user, "readers.export"),
        "today": now.date(),
    }
    return render(request, "web_admin/readers/readers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def add(request: HttpRequest) -> HttpResponse:
    """One reader by hand."""
    lists = lists_known_to(staff(request))
    only_one = lists if len(lists) == 1 else []
    form = NewReaderForm(request.POST or None, initial={"lists": only_one, "mail_format": Subscriber.Format.HTML})
    form.offer(lists)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        lists_chosen, reason, now = values.pop("lists"), values.pop("reason"), timezone.now()
        try:
            made = subscribers.create(source="staff", now=now, **values)
            consent.add_by_staff(subscriber=made, lists=lists_chosen, reason=reason, by=staff(request).actor, now=now)
        except subscribers.AddressKnown as error:
            form.add_error("address", str(error))
        except consent.AddressSuppressed as error:
            made.delete()
            form.add_error("address", str(error))
        else:
            messages.success(request, _("%(address)s is a reader now.") % {"address": made.address})
            return redirect("desk_reader", made.pk)
    return render(request, "web_admin/readers/add.html", {"title": _("Add a reader"), "form": form, "lists": lists})
