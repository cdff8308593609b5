"""Lists: how many are on them, who uses them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from masthead.audience import growth, list_deleting, lookups
from masthead.audience import lists as verbs
from masthead.audience.growth import Step
from masthead.audience.models import MailingList
from masthead.audience.tasks import sweep_deleted_lists
from masthead.team.roles import may, requires
from masthead.web.admin.own_publications import is_shared_with_others, lists_known_to
from masthead.web.admin.readers.forms import ListForm
from masthead.web.admin.readers.growth_picture import picture
from masthead.web.admin.staff import staff

_STEPS = {Step.DAY: gettext_lazy("by day"), Step.WEEK: gettext_lazy("by week"), Step.MONTH: gettext_lazy("by month")}
_SPANS = {
    Step.DAY: gettext_lazy("Last 30 days"),
    Step.WEEK: gettext_lazy("Last 26 weeks"),
    Step.MONTH: gettext_lazy("Last 24 months"),
}


@require_safe
@requires("lists.edit")
def lists(request: HttpRequest) -> HttpResponse:
    """All lists that the person works with, and their counts."""
    found = list(lists_known_to(staff(request)).prefetch_related("publications"))
    counts, step = lookups.counts(found), _step(request)
    growths = growth.by_list(now=timezone.now(), step=step, lists=found)
    rows = [
        {
            "list": entry,
            "counts": counts.get(entry.pk, lookups.ListCounts()),
            "plot": picture(growths.get(entry.pk, [])),
        }
        for entry in found
    ]
    context = {
        "title": _("Lists"),
        "rows": rows,
        "plot": picture(growth.together(growths.values())),
        "steps": _steps(step),
        "span": _SPANS[step],
        "may_view": may(request.user, "readers.view"),
    }
    return render(request, "web_admin/readers/lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new list."""
    form = ListForm(request.POST or None, initial={"is_public": True})
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.create(by=staff(request).actor, now=timezone.now(), **form.cleaned_data)
        except (verbs.NameTaken, verbs.BadListName) as error:
            form.add_error("name", str(error))
        except verbs.NotWarned as error:
            form.add_error("warned", str(error))
        else:
            messages.success(request, _("The list “%(name)s” is there.") % {"name": made.name})
            return redirect("desk_lists")
    return render(request, "web_admin/readers/list.html", {"title": _("New list"), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a list."""
    entry = get_object_or_404(MailingList, pk=pk)
    initial = {name: getattr(entry, name) for name in ListForm.base_fields if name != "warned"}
    initial["warned"] = entry.opt_in == MailingList.OptIn.SINGLE
    form = ListForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit(mailing_list=entry, by=staff(request).actor, now=timezone.now(), **form.cleaned_data)
        except (verbs.NameTaken, verbs.BadListName) as error:
            form.add_error("name", str(error))
        except verbs.NotWarned as error:
            form.add_error("warned", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_lists")
    step = _step(request)
    context = {
        "title": entry.name,
        "form": form,
        "list": entry,
        "counts": lookups.counts([entry])[entry.pk],
        "plot": picture(growth.by_list(now=timezone.now(), step=step, lists=[entry])[entry.pk]),
        "steps": _steps(step),
        "span": _SPANS[step],
        "may_view": may(request.user, "readers.view"),
    }
    return render(request, "web_admin/readers/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """What uses the list, and a button; posted, the list goes for good."""
    entry = get_object_or_404(MailingList, pk=pk)
    if is_shared_with_others(staff(request), entry):
        messages.error(request, _("Publications that you do not work on go to this list, too. Ask an owner to delete it."))
        return redirect("desk_list", pk)
    if request.method == "POST":
        try:
            stays = list_deleting.delete(mailing_list=entry, by=staff(request).actor, now=timezone.now())
        except list_deleting.ListInUse as error:
            messages.error(request, str(error))
            return redirect("desk_list_delete", pk)
        if stays:
            sweep_deleted_lists.enqueue()
        messages.success(request, _("The list “%(name)s” is deleted.") % {"name": entry.name})
        return redirect("desk_lists")
    uses = list_deleting.uses(entry)
    context = {
        "title": _("Delete the list “%(name)s”?") % {"name": entry.name},
        "list": entry,
        "uses": uses,
        "blocked": any(use.blocks for use in uses),
        "remembered": any(use.remembers for use in uses),
    }
    return render(request, "web_admin/readers/list_delete.html", context)


def _step(request: HttpRequest) -> Step:
    said = request.GET.get("by", "")
    return Step(said) if said in set(Step) else Step.DAY


def _steps(chosen: Step) -> list[tuple[str, str | Promise, bool]]:
    return [(step.value, words, step is chosen) for step, words in _STEPS.items()]
