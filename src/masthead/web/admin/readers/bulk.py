"""Actions on many readers: what is asked before, what happened, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import filtering
from masthead.audience.attributes import BadValue
from masthead.audience.bulk import acting, undoing
from masthead.audience.consent import NoReason
from masthead.audience.models import Attribute, BulkAction, BulkRow, MailingList, Tag
from masthead.audience.segments.compiling import SegmentBroken
from masthead.audience.segments.tree import BadRule
from masthead.audience.tagging import LONGEST, BadTag
from masthead.audience.tasks import run_bulk_action, undo_bulk_action
from masthead.team.roles import requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.readers.filter_form import Meant
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.staff import staff
from masthead.web.admin.words import name_of

What = BulkAction.What


class BulkForm(forms.Form):
    """What an action needs to know; only the fields of its kind are kept."""

    mailing_list = forms.ModelChoiceField(MailingList.objects.all(), label=gettext_lazy("List"), required=False)
    statement = forms.CharField(
        label=gettext_lazy("How did these readers agree to get it?"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Kept with each of them as the proof of consent."),
        error_messages={"required": gettext_lazy("Say how these readers agreed. Without it nobody is added.")},
    )
    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=LONGEST,
        widget=forms.TextInput({"list": "tags", "autocomplete": "off"}),
        help_text=gettext_lazy("Readers can see their tags among their data."),
    )
    attribute = forms.ModelChoiceField(
        Attribute.objects.all(), label=gettext_lazy("Attribute"), to_field_name="key", empty_label=None
    )
    value = forms.CharField(
        label=gettext_lazy("What it shall say"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Empty: it is taken away from these readers."),
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=500, required=False)
    sure = forms.IntegerField(
        label=gettext_lazy("How many readers are erased? Type the number."), min_value=1, widget=forms.TextInput
    )
    _FIELDS: dict[str, tuple[str, ...]] = {
        What.JOIN: ("mailing_list", "statement"),
        What.LEAVE: ("mailing_list",),
        What.TAG: ("tag",),
        What.UNTAG: ("tag",),
        What.SET: ("attribute", "value"),
        What.SUPPRESS: ("note",),
        What.ERASE: ("sure",),
    }

    def __init__(self, what: str, count: int, lists: QuerySet[MailingList], data: Any = None) -> None:
        super().__init__(data, prefix="do")
        self._count = count
        self.fields["mailing_list"].queryset = lists  # type: ignore[attr-defined]
        for name in set(self.fields) - set(self._FIELDS[what]):
            del self.fields[name]
        if what == What.JOIN:
            self.fields["mailing_list"].required = True
            self.fields["mailing_list"].empty_label = _("Choose a list")  # type: ignore[attr-defined]
        elif what == What.LEAVE:
            self.fields["mailing_list"].empty_label = _("All lists")  # type: ignore[attr-defined]

    def clean_sure(self) -> int:
        """The number of those who are meant."""
        if self.cleaned_data["sure"] != self._count:
            raise forms.ValidationError(_("That is not their number. Nobody was erased."))
        return self._count


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Says whom it would mean and asks what is missing; then begins."""
    said = request.POST if request.method == "POST" else request.GET
    what = said.get("what", "")
    if what == "export":
        meant = Meant(said)
        if not meant.somebody:
            return _nobody(request, meant)
        return redirect(f"{reverse('desk_readers_export')}?{urlencode(meant.carried())}")
    if what not in What.values:
        raise Http404
    if what == What.ERASE:
        return signed_in_freshly(_ask)(request, what=What.ERASE)
    return _ask(request, what=What(what))


def _ask(request: HttpRequest, *, what: BulkAction.What) -> HttpResponseBase:
    said, now = request.POST if request.method == "POST" else request.GET, timezone.now()
    meant = Meant(said)
    try:
        readers = acting.chosen_readers(meant.chosen, now=now) if meant.understood else None
    except (BadRule, BadValue, SegmentBroken):
        readers = None
    if readers is None or not (count := readers.count()):
        return _nobody(request, meant)
    form = BulkForm(what, count, lists_known_to(staff(request)), said if request.method == "POST" else None)
    expected = said.get("expected", "")
    changed = expected if request.method == "POST" and expected != str(count) else ""
    if request.method == "POST" and not changed and form.is_valid():
        begun = _begin(request, form, meant, what)
        if begun is not None:
            return redirect("desk_bulk_action", begun.pk)
    context = {
        "title": what.label,
        "what": what,
        "form": form,
        "count": count,
        "changed": changed,
        "words": filtering.in_words(meant.chosen, now=now) if isinstance(meant.chosen, filtering.Filter) else "",
        "sample": readers.order_by("fingerprint")[:5],
        "carried": [("what", str(what)), ("expected", str(count)), *meant.carried()],
        "back": urlencode(meant.back()),
        "tags": Tag.objects.values_list("name", flat=True)[:200] if "tag" in form.fields else [],
    }
    return render(request, "web_admin/readers/bulk.html", context, status=422 if form.errors or changed else 200)


def _nobody(request: HttpRequest, meant: Meant) -> HttpResponse:
    messages.error(request, _("No reader is meant by that: choose some, or change the filter."))
    return redirect(f"{reverse('desk_readers')}?{urlencode(meant.back())}")


def _begin(request: HttpRequest, form: BulkForm, meant: Meant, what: BulkAction.What) -> BulkAction | None:
    """The action that begins; None, with the reason in the form, if it cannot."""
    given = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
    person, now = staff(request), timezone.now()
    try:
        with transaction.atomic():
            action = acting.begin(what=what, chosen=meant.chosen, by=person.actor, now=now, **given)
            transaction.on_commit(lambda: run_bulk_action.enqueue(action.pk))
    except (acting.NothingSaid, BadTag) as error:
        form.add_error(None, str(error))
    except NoReason as error:
        form.add_error("statement", str(error))
    except BadValue as error:
        form.add_error("value", str(error))
    else:
        if what is What.ERASE:
            words = ngettext("%(count)s reader was erased.", "%(count)s readers were erased.", form.cleaned_data["sure"])
            tell_owners(what=words % {"count": Counted(form.cleaned_data["sure"])}, who=person, now=now)
        return action
    return None


@require_safe
@requires("readers.edit")
def actions(request: HttpRequest) -> HttpResponse:
    """What was done to many readers at once, the newest first."""
    page = Paginator(BulkAction.objects.select_related("list"), 50).get_page(request.GET.get("p"))
    for each in page:
        each.who = name_of(each.by)  # type: ignore[attr-defined]
    return render(request, "web_admin/readers/bulk_actions.html", {"title": _("Done to many readers"), "page": page})


@require_safe
@requires("readers.edit")
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: under way, or what became of it."""
    return render(request, "web_admin/readers/bulk_action.html", _about(get_object_or_404(BulkAction, pk=pk)))


@require_safe
@requires("readers.edit")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the screen that changes while it runs; tells the page to reload when it is done."""
    found = get_object_or_404(BulkAction, pk=pk)
    answer = render(request, "web_admin/readers/bulk_progress.html", _about(found))
    if not found.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@requires("readers.edit")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it, take it back, or go on after an interruption."""
    found, by, now = get_object_or_404(BulkAction, pk=pk), staff(request).actor, timezone.now()
    what = request.POST.get("do")
    with transaction.atomic():
        if what == "cancel":
            acting.cancel(action=found, now=now)
        elif what == "undo":
            try:
                undoing.begin(action=found)
            except undoing.CannotUndo as error:
                messages.error(request, str(error))
            else:
                transaction.on_commit(lambda: undo_bulk_action.enqueue(pk, by))
        elif what == "go_on" and found.is_open:
            task: Callable[[], object] = lambda: run_bulk_action.enqueue(pk)  # noqa: E731
            if found.state == BulkAction.State.UNDOING:
                task = lambda: undo_bulk_action.enqueue(pk, by)  # noqa: E731
            transaction.on_commit(task)
    return redirect("desk_bulk_action", pk)


def _about(found: BulkAction) -> dict[str, Any]:
    counts: dict[str, int] = found.counts
    back = found.state == BulkAction.State.UNDOING
    done = sum(counts.get(name, 0) for name in ("undone", "acted")) if back else sum(counts.values())
    return {
        "title": found.get_what_display(),
        "action": found,
        "counts": [(counts[name], words) for name, words in BulkRow.Result.choices if counts.get(name)],
        "done": done,
        "percent": min(100, done * 100 // found.readers) if found.readers else 0,
        "who": name_of(found.by),
    }
