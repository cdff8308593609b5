"""Readers: all of them, found by a part of address or name, by list and by state."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import consent, lookups, subscribers
from masthead.audience.models import MailingList, Subscriber
from masthead.team.roles import may, requires
from masthead.web.admin.readers.forms import NewReaderForm, Search
from masthead.web.admin.staff import staff

A_PAGE = 50


@require_safe
@requires("readers.view")
def readers(request: HttpRequest) -> HttpResponse:
    """A page of readers, newest first."""
    search = Search(request.GET)
    found = _found(search)
    page: Page[Subscriber] = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _("Readers"),
        "search": search,
        "is_filtered": any(search.cleaned_data.values()) if search.is_valid() else False,
        "page": page,
        "lists": MailingList.objects.all(),
        "may_edit": may(request.user, "readers.edit"),
        "may_export": may(request.user, "readers.export"),
        "today": timezone.now().date(),
    }
    return render(request, "web_admin/readers/readers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def add(request: HttpRequest) -> HttpResponse:
    """One reader by hand."""
    lists = MailingList.objects.all()
    only_one = lists if len(lists) == 1 else []
    form = NewReaderForm(request.POST or None, initial={"lists": only_one, "mail_format": Subscriber.Format.HTML})
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


@require_POST
@requires("readers.edit")
def leave(request: HttpRequest) -> HttpResponse:
    """The readers that were ticked leave the list that was chosen, or all."""
    chosen = [int(pk) for pk in request.POST.getlist("reader") if pk.isdecimal() and len(pk) < 19][:A_PAGE]
    list_pk = request.POST.get("from", "")
    lists = None if list_pk == "all" else list(MailingList.objects.filter(pk=int(list_pk) if list_pk.isdecimal() else 0))
    now, left = timezone.now(), 0
    if lists is None or lists:
        for subscriber in Subscriber.objects.filter(pk__in=chosen):
            left += bool(consent.withdraw(subscriber=subscriber, lists=lists, how="staff", by=staff(request).actor, now=now))
    messages.success(request, ngettext("%(count)d reader has left.", "%(count)d readers have left.", left) % {"count": left})
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else reverse("desk_readers"))


def _found(search: Search) -> QuerySet[Subscriber]:
    if not search.is_valid():
        return lookups.search()
    values = search.cleaned_data
    state = values["state"]
    return lookups.search(text=values["q"], mailing_list=values["list"], state=state, suppressed=state == "suppressed")
