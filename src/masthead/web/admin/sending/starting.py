"""The send desk: one issue, its readers, its mail, a last look, and the act that makes it public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from masthead.audience import lookups as audience
from masthead.audience.models import MailingList, Segment
from masthead.audience.segments.compiling import SegmentBroken
from masthead.common.local_time import BadLocalTime, moment_of
from masthead.delivery import campaigns, forecasting, narrowing, quiet_hours, spam_scoring
from masthead.delivery import lookups as delivery
from masthead.delivery.models import Campaign
from masthead.issues import drafting, lookups, numbering, preflight, reading
from masthead.issues.content import digest
from masthead.issues.findings.base import Facts, length
from masthead.issues.freezing import NotReady
from masthead.issues.lookups import lists_for
from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.models import Issue, Publication
from masthead.issues.rendering.edition import CannotRender
from masthead.issues.rendering.merge import TooManyFields
from masthead.team.roles import may, requires
from masthead.web.admin.sending import choices, tests, trying
from masthead.web.admin.sending.expecting import expected
from masthead.web.admin.staff import staff
from masthead.web.admin.words import is_number_of, number_of, state_of
from masthead.web.admin.writing import previews
from masthead.web.admin.writing.findings import groups_of

#: How long "now" waits, so that Undo means something.
UNDO = timedelta(seconds=60)
_MODES = {
    "full": gettext_lazy("the full issue"),
    "excerpt": gettext_lazy("an excerpt with “Continue reading”"),
    "reader": gettext_lazy("what each reader chose"),
}


class SendForm(forms.Form):
    """To whom, what, and when. The time is one of the publication's time zone."""

    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Lists"),
        error_messages={"required": gettext_lazy("Choose at least one list.")},
    )
    segments = forms.ModelMultipleChoiceField(Segment.objects.all(), required=False, label=gettext_lazy("Only those in"))
    excluded = forms.ModelMultipleChoiceField(Segment.objects.all(), required=False, label=gettext_lazy("Without those in"))
    mail_mode = forms.ChoiceField(
        label=gettext_lazy("The mail holds"),
        choices=_MODES.items(),
        widget=forms.RadioSelect,
    )
    when = forms.ChoiceField(
        choices=[("now", gettext_lazy("Now")), ("at", gettext_lazy("At a time"))], initial="now", widget=forms.RadioSelect
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label=gettext_lazy("Day"))
    hour = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}), label=gettext_lazy("Time"))
    policy = forms.ChoiceField(
        choices=Campaign.Policy.choices, initial=Campaign.Policy.RESEND, required=False, widget=forms.RadioSelect
    )
    subject = forms.CharField(
        required=False,
        max_length=250,
        label=gettext_lazy("Subject"),
        widget=forms.TextInput(attrs={"data-meter": "subject-meter", "data-shows": "subject-shown"}),
    )
    preheader = forms.CharField(
        required=False,
        max_length=250,
        label=gettext_lazy("Preview line"),
        widget=forms.TextInput(attrs={"data-shows": "preheader-shown"}),
    )
    #: What subject and preview line were when the page was made: only a change made here is kept.
    words_were = forms.CharField(required=False, widget=forms.HiddenInput)
    typed_number = forms.CharField(required=False, label=gettext_lazy("The number, to confirm"))

    def __init__(
        self, issue: Issue, now: datetime, data: Mapping[str, Any] | None = None, kept: Mapping[str, object] | None = None
    ) -> None:
        self.issue, self.now = issue, now
        initial = {
            "lists": list(issue.publication.lists.all()),
            "mail_mode": issue.mode,
            "when": "now",
            "policy": Campaign.Policy.RESEND,
            "subject": issue.subject,
            "preheader": issue.preheader,
            "words_were": _words(issue.subject, issue.preheader),
            **(kept or {}),
        }
        super().__init__(data, initial=initial)
        self.fields["lists"].queryset = lists_for(issue.publication)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Adds `starts_at`; refuses a time that is past, that the clocks skip or show twice, and a wrong number."""
        values: dict[str, object] = super().clean() or {}
        if values.get("when") == "at":
            values["starts_at"] = self._time(values)
        else:
            # A rehearsal harms nobody and need not be taken back.
            values["starts_at"] = self.now + UNDO if self.issue.publication.is_live else self.now
        if self.issue.publication.is_live and not is_number_of(str(values.get("typed_number", "")), self.issue):
            self.add_error("typed_number", _("Type %(number)s, the number of this issue.") % {"number": number_of(self.issue)})
        return values

    @property
    def new_words(self) -> tuple[str, str] | None:
        """Subject and preview line, if they were changed on this page."""
        subject, preheader = str(self.cleaned_data.get("subject", "")), str(self.cleaned_data.get("preheader", ""))
        changed = "words_were" in self.data and _words(subject, preheader) != str(self.data["words_were"])
        return (subject, preheader) if changed else None

    def _time(self, values: dict[str, object]) -> datetime | None:
        day, hour = values.get("day"), values.get("hour")
        if not day or not hour:
            self.add_error("day", _("Say on which day and at what time."))
            return None
        try:
            moment = moment_of(datetime.combine(day, hour), self.issue.publication.time_zone)  # type: ignore[arg-type]
        except BadLocalTime as error:
            known = {"zone": error.zone}
            self.add_error(
                "hour",
                _("The clocks in %(zone)s are set back that night and show this time twice. Choose another.") % known
                if error.doubled
                else _("The clocks in %(zone)s skip this time that night. Choose another.") % known,
            )
            return None
        if moment <= self.now:
            self.add_error("hour", _("That time is past."))
            return None
        return moment


@require_http_methods(["GET", "HEAD", "POST"])
@requires("campaigns.send")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """The send desk of one issue."""
    issue = reading.newest(get_object_or_404(Issue, pk=pk))
    now = timezone.now()
    form = SendForm(issue, now, request.POST if request.method == "POST" else None, choices.kept(request, issue))
    if request.method == "POST":
        is_valid = form.is_valid()
        if request.POST.get("act") == "words":
            return _keep_words(request, issue, form, now)
        if is_valid:
            answer = _publish(request, issue, form, now)
            if answer is not None:
                return answer
    try:
        context = {**_context(request, issue, form, now), **trying.context_of(request, issue)}
    except (CannotRender, TooManyFields) as error:
        messages.error(request, str(error))
        return redirect("issues:edit", pk)
    return render(request, "web_admin/sending/send.html", context, status=422 if form.errors else 200)


@require_safe
@requires("campaigns.send")
def audience_count(request: HttpRequest, pk: int) -> HttpResponse:
    """How many readers the chosen lists reach now: a piece of the send desk."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    chosen, part, trouble = _chosen_in(request, issue)
    return render(
        request,
        "web_admin/sending/audience.html",
        {
            "issue": issue,
            "publication": issue.publication,
            "number": number_of(issue),
            "swapped": True,
            "sees_readers": may(request.user, "readers.view"),
            "part_trouble": trouble,
            **_audience(chosen, part),
            **_end(issue, chosen, timezone.now(), part),
        },
    )


@require_safe
@requires("campaigns.send")
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """What the checks say of the mail in the form that was just chosen, and the button: a piece of the send desk."""
    issue = reading.newest(get_object_or_404(Issue, pk=pk))
    now, mail_mode = timezone.now(), _mode(request.GET.get("mail_mode", ""))
    facts = preflight.facts_of(reading.read(issue, now=now), mail_mode=mail_mode)
    chosen, part, _trouble = _chosen_in(request, issue)
    context = {
        "issue": issue,
        "publication": issue.publication,
        "number": number_of(issue),
        "swapped": True,
        **_checked(issue, facts, now),
        **_audience(chosen, part),
    }
    return render(request, "web_admin/sending/checks.html", context)


def _chosen_in(request: HttpRequest, issue: Issue) -> tuple[list[MailingList], Q, str]:
    """The lists, the condition and what is wrong with it, as the address of a piece names them."""
    chosen = list(lists_for(issue.publication).filter(pk__in=choices.numbers(request.GET, "lists")))
    only, without = (list(Segment.objects.filter(pk__in=choices.numbers(request.GET, name))) for name in ("segments", "excluded"))
    return chosen, *_part(only, without)


def _publish(request: HttpRequest, issue: Issue, form: SendForm, now: datetime) -> HttpResponse | None:
    values = form.cleaned_data
    try:
        _set_words(request, issue, form, now)
        campaign = campaigns.publish_and_send(
            issue=issue,
            lists=list(values["lists"]),
            part=narrowing.of(values["segments"], values["excluded"]),
            starts_at=values["starts_at"],
            mail_mode=values["mail_mode"],
            policy=values["policy"] or Campaign.Policy.RESEND,
            by=staff(request).actor,
            now=now,
        )
    except (
        campaigns.NobodyToSendTo,
        campaigns.NobodyFits,
        SegmentBroken,
        NotReady,
        numbering.NoNumber,
        BadManuscript,
        _Locked,
    ) as error:
        form.add_error(None, str(error))
        return None
    return redirect("desk_campaign", campaign.pk)


def _keep_words(request: HttpRequest, issue: Issue, form: SendForm, now: datetime) -> HttpResponse:
    """Subject and preview line as typed here become a version of the draft."""
    try:
        _set_words(request, issue, form, now)
    except (BadManuscript, _Locked) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Subject and preview line are kept."))
    return choices.back(request, issue.pk, "mail")


class _Locked(Exception):
    """Somebody else holds the issue."""


def _set_words(request: HttpRequest, issue: Issue, form: SendForm, now: datetime) -> None:
    words = form.new_words
    if words is None:
        return
    lock = issue.get_lock()
    if lock is not None and lock.for_user(request.user):
        raise _Locked(_("Somebody else has locked the issue: subject and preview line cannot be changed now."))
    drafting.set_words_of_mail(issue=issue, subject=words[0], preheader=words[1], by=staff(request).actor, now=now)


def _words(subject: str, preheader: str) -> str:
    return f"{' '.join(subject.split())}|{' '.join(preheader.split())}"


def _context(request: HttpRequest, issue: Issue, form: SendForm, now: datetime) -> dict[str, object]:
    draft = reading.read(issue, now=now)
    facts = preflight.facts_of(draft, mail_mode=_mode(str(form["mail_mode"].value())))
    content, rendered = draft.content, facts.rendered
    if rendered is None:
        raise CannotRender(facts.render_problem)
    chosen = list(
        form.cleaned_data.get("lists", []) if form.is_bound and hasattr(form, "cleaned_data") else form.initial["lists"]
    )
    picked = getattr(form, "cleaned_data", {}) if form.is_bound else form.initial
    only, without = list(picked.get("segments", [])), list(picked.get("excluded", []))
    part, trouble = _part(only, without)
    tz = ZoneInfo(issue.publication.time_zone)
    return {
        "title": issue.title or _("Untitled issue"),
        "issue": issue,
        "publication": issue.publication,
        "content": content,
        "rendered": rendered,
        "number": number_of(issue),
        "state": state_of(issue, now=now),
        "form": form,
        **_checked(issue, facts, now),
        "previous": delivery.campaigns_of(issue).exclude(state=Campaign.State.DRAFT),
        "local_now": f"{now.astimezone(tz):%H:%M}",
        "lists": _lists(issue.publication),
        "chosen": {str(entry.pk) for entry in chosen},
        "segments": list(Segment.objects.all()),
        "only": only,
        "without": without,
        "part_trouble": trouble,
        "words": length(content),
        "subject": previews.as_read(rendered.subject, rendered, content),
        "preheader": previews.as_read(rendered.preheader, rendered, content),
        "card": previews.card_of(issue, content),
        "is_public": issue.public_from is not None and issue.public_from <= now,
        "changed_since": lookups.versions_of(issue).exclude(digest=digest(content)).first() if issue.number else None,
        **tests.context_of(request, issue, now),
        **_audience(chosen, part),
        **_end(issue, chosen, (form.cleaned_data.get("starts_at") if hasattr(form, "cleaned_data") else None) or now, part),
    }


def _checked(issue: Issue, facts: Facts, now: datetime) -> dict[str, object]:
    """What the checks say of the mail as it is going to be sent, and what of it holds the button back."""
    report = preflight.report_on(facts)
    found = [*report.found, *spam_scoring.findings(issue, now=now)]
    groups = groups_of(issue, found, fine=report.fine, here={_("mail"): "#mail"})
    # A rehearsal shows what is missing and goes ahead without it.
    stopping = [one for one in groups.must if issue.publication.is_live or one.finding.id in preflight.REHEARSAL]
    return {"findings": groups, "stopping": stopping}


def _mode(chosen: str) -> str:
    """What the mail holds, "" for none of the choices: then the issue decides."""
    return chosen if chosen in _MODES else ""


def _part(only: list[Segment], without: list[Segment]) -> tuple[Q, str]:
    """The condition on readers, and why there is none: a segment that cannot be used reaches nobody."""
    try:
        return narrowing.of(only, without).condition(timezone.now()), ""
    except SegmentBroken as error:
        return Q(pk__in=[]), str(error)


def _end(issue: Issue, lists: list[MailingList], start: datetime, part: Q) -> dict[str, object]:
    """When it would be through, and what quiet hours do to its beginning."""
    hours = quiet_hours.of(issue.publication) if issue.publication.is_live else None
    forecast = forecasting.before_sending(issue.publication, lists, start=start, only=part)
    return {**expected(forecast), "quiet_until": hours.until(start) if hours else None}


def _lists(publication: Publication) -> list[tuple[MailingList, int]]:
    counts = audience.counts()
    return [(entry, counts[entry.pk].active) for entry in lists_for(publication)]


def _audience(chosen: list[MailingList], part: Q) -> dict[str, object]:
    counts = audience.counts(chosen) if chosen else {}
    today = timezone.now().date()
    readers = audience.active_in(chosen, today=today)
    fitting = readers.filter(part)
    number = fitting.count() if chosen else 0
    return {
        "readers": number,
        "samples": list(fitting.order_by("-pk")[:5]) if chosen else [],
        "left_out": [
            (readers.count() - number if part and chosen else 0, _("do not fit the segments")),
            (sum(each.pending for each in counts.values()), _("have not confirmed")),
            (sum(each.left for each in counts.values()), _("have left")),
            (sum(each.suppressed for each in counts.values()), _("are suppressed: bounced, complained, or blocked by hand")),
            (audience.resting_in(chosen, today=today) if chosen else 0, _("have paused their subscription")),
        ],
    }
