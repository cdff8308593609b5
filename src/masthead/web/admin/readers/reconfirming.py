"""Re-confirmation: who would be asked, begin, how it goes, pause, cancel, take back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import reconfirming as verbs
from masthead.audience.models import MailingList, Question, Reconfirmation, Segment
from masthead.audience.segments.compiling import SegmentBroken
from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.team.roles import requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.returns.charts import Bar, Part
from masthead.web.admin.staff import staff
from masthead.web.admin.words import name_of

State, Answer = Reconfirmation.State, Question.State

TONES = {
    Answer.KEPT: "good",
    Answer.REMINDED: "busy",
    Answer.ASKED: "busy",
    Answer.WAITING: "quiet",
    Answer.LEFT: "look",
    Answer.TAKEN_OFF: "bad",
    Answer.SKIPPED: "quiet",
}
_DAY = {"type": "date"}


class ReconfirmationForm(forms.Form):
    """Who is asked, and how."""

    not_confirmed_since = forms.DateField(
        label=gettext_lazy("Who has not confirmed since"),
        required=False,
        widget=forms.DateInput(_DAY),
        help_text=gettext_lazy("Empty: who never confirmed by themselves, such as readers who were imported."),
    )
    joined_before = forms.DateField(
        label=gettext_lazy("And joined the list before"), required=False, widget=forms.DateInput(_DAY)
    )
    segment = forms.ModelChoiceField(
        Segment.objects.all(), label=gettext_lazy("And is in the segment"), required=False, empty_label=gettext_lazy("any reader")
    )
    days = forms.IntegerField(label=gettext_lazy("Days to answer"), initial=30, min_value=1, max_value=verbs.MOST_DAYS)
    remind_after = forms.IntegerField(
        label=gettext_lazy("Remind once after so many days"),
        initial=14,
        required=False,
        min_value=1,
        max_value=verbs.MOST_DAYS,
        help_text=gettext_lazy("Empty: no reminder."),
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Mails a minute, at most"),
        initial=60,
        min_value=1,
        max_value=verbs.MOST_PER_MINUTE,
        help_text=gettext_lazy(
            "Old addresses bounce more than others: ask slowly, so that what comes back is judged on the way."
        ),
    )

    def whom(self, mailing_list: MailingList) -> verbs.Whom:
        """As the verbs take it."""
        picked = {name: self.cleaned_data[name] for name in ("not_confirmed_since", "joined_before", "segment")}
        return verbs.Whom(mailing_list=mailing_list, **picked)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("campaigns.send")
def reconfirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Count first, then begin. Below it the rounds so far."""
    entry = get_object_or_404(MailingList, pk=pk)
    publication = entry.publications.order_by("id").first() or Publication.objects.order_by("id").first()
    form = ReconfirmationForm(request.POST or None)
    counted = None
    if request.method == "POST" and form.is_valid():
        try:
            counted = verbs.forecast(form.whom(entry), now=timezone.now())
            if request.POST.get("action") == "start" and publication:
                made = verbs.start(
                    form.whom(entry),
                    sender=sender_of(publication),
                    per_minute=form.cleaned_data["per_minute"],
                    days=form.cleaned_data["days"],
                    remind_after=form.cleaned_data["remind_after"],
                    by=staff(request).actor,
                    now=timezone.now(),
                )
                return redirect("desk_reconfirmation", made.pk)
        except (verbs.BadReconfirmation, SegmentBroken) as error:
            form.add_error(None, str(error))
    context = {
        "title": _("Ask who wants to stay"),
        "list": entry,
        "publication": publication,
        "form": form,
        "counted": counted,
        "rounds": entry.reconfirmations.all(),
    }
    return render(request, "web_admin/readers/reconfirm.html", context, status=422 if form.errors else 200)


@require_safe
@requires("campaigns.send")
def reconfirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """How a round goes."""
    run = get_object_or_404(Reconfirmation.objects.select_related("list"), pk=pk)
    context = {"title": _("Who wants to stay on %(list)s?") % {"list": run.list.name}, **_standing(run)}
    return render(request, "web_admin/readers/reconfirmation.html", context)


@require_safe
@requires("campaigns.send")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes."""
    run = get_object_or_404(Reconfirmation.objects.select_related("list"), pk=pk)
    return render(request, "web_admin/readers/reconfirmation_news.html", _standing(run))


@require_POST
@requires("campaigns.send")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, go on, cancel, take the closing back."""
    run = get_object_or_404(Reconfirmation.objects.select_related("list"), pk=pk)
    by, now, action = staff(request).actor, timezone.now(), request.POST.get("action")
    try:
        if action == "undo":
            back = verbs.undo(run=run, by=by, now=now)
            words = ngettext("%(n)s reader is on the list again.", "%(n)s readers are on the list again.", back)
            messages.success(request, words % {"n": Counted(back)})
        elif action in {"pause", "resume", "cancel"}:
            state = {"pause": State.PAUSED, "resume": State.ASKING, "cancel": State.CANCELLED}[action]
            verbs.set_state(run=run, state=state, by=by, now=now)
            messages.success(request, _("Done."))
    except verbs.BadReconfirmation as error:
        messages.error(request, str(error))
    return redirect("desk_reconfirmation", pk)


def _standing(run: Reconfirmation) -> dict[str, Any]:
    counts = verbs.standing(run)
    settled = [(state, counts[state]) for state in TONES]
    return {
        "run": run,
        "list": run.list,
        "who": name_of(run.by),
        "rows": [(state.label, count, TONES[state]) for state, count in settled if count],
        "bars": _bars(settled),
        "ends": verbs.ends_in_words(run, now=timezone.now()),
        "adds_up": sum(counts.values()) == run.readers,
        "asked": run.questions.exclude(asked_at=None).count(),
        "taken_off": counts[Answer.TAKEN_OFF],
    }


def _bars(counts: list[tuple[Question.State, int]]) -> list[Bar]:
    """One bar for each answer, in percent of the longest."""
    longest = max((count for _state, count in counts), default=0)
    return [
        Bar("", state.label, count, (Part("0", f"{100 * count / longest:.2f}", TONES[state], str(state.label), count),))
        for state, count in counts
        if count
    ]
