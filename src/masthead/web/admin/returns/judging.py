"""The rules of judging: their numbers, changed after a look at what would be different, and their order, which is fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from masthead.bounces import acting, policies
from masthead.bounces.models import Finding, Policy
from masthead.bounces.rules import Thresholds, in_order
from masthead.team.roles import requires
from masthead.web.admin.staff import staff

NEWEST = 1000
_MOST_SHOWN = 50


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has none at run time
    """The numbers of the policy, within the limits of the model. It is never saved: `policies.change` does that."""

    class Meta:
        model = Policy
        fields = (*policies.NUMBERS, "hard")

    def thresholds(self, present: Thresholds) -> Thresholds:
        """`present` with the numbers that were filled in. Only for a valid form."""
        values = {name: self.cleaned_data[name] for name in policies.NUMBERS}
        return replace(present, hard=frozenset(self.cleaned_data["hard"].split()), **values)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("returns.judge")
def rules(request: HttpRequest) -> HttpResponse:
    """Look, try on the newest findings, keep, or go back to the defaults."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    present = policies.current()
    form = PolicyForm(request.POST if act in {"try", "keep"} else None, instance=Policy.objects.first())
    by, now = staff(request).actor, timezone.now()
    if act == "defaults":
        policies.change(thresholds=policies.DEFAULTS, by=by, now=now)
        messages.success(request, _("The rules are as they were in the beginning."))
        return redirect("desk_judging")
    proposed = form.thresholds(present) if act and form.is_valid() else None
    if act == "keep" and proposed is not None:
        try:
            policies.change(thresholds=proposed, by=by, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Kept. It holds for what comes back from now on; what was judged stays as it is."))
            return redirect("desk_judging")
    compared = acting.compare(proposed=proposed or present, most=NEWEST)
    context = {
        "title": _("Rules for what comes back"),
        "here": "judging",
        "form": form,
        "is_default": replace(present, off=frozenset(), own=()) == policies.DEFAULTS,
        "rules": _rules(compared, present),
        "compared": len(compared),
        "tried": tried(compared, present, proposed) if proposed is not None else None,
    }
    return render(request, "web_admin/returns/judging.html", context)


def _rules(compared: list[acting.Difference], present: Thresholds) -> list[dict[str, object]]:
    """Each rule in its order, the staff's among them, with how many of the newest findings it decides and how long its bar is."""
    counts = Counter(each.now.name for each in compared)
    longest = max(counts.values(), default=1)
    return [
        {
            "rule": rule,
            "off": rule.name in present.off,
            "outcome": Finding.Outcome(rule.outcome).label,
            "count": counts[rule.name],
            "width": f"{100 * counts[rule.name] / longest:.1f}",
        }
        for rule in in_order(present)
    ]


def tried(compared: list[acting.Difference], present: Thresholds, proposed: Thresholds) -> dict[str, object]:
    """What the dry run found, for the template `tried.html`."""
    different = [each for each in compared if each.differs]
    label = {outcome.value: outcome.label for outcome in Finding.Outcome}
    suppressed = Finding.Outcome.SUPPRESSED
    moves = Counter((each.now.outcome, each.then.outcome) for each in different)
    return {
        "count": len(different),
        "moves": [(label[before], label[after], count) for (before, after), count in moves.most_common()],
        "rows": [(each.finding, label[each.now.outcome], label[each.then.outcome]) for each in different[:_MOST_SHOWN]],
        "held_now": _held((each.finding for each in compared if each.now.outcome == suppressed), present),
        "held_then": _held((each.finding for each in compared if each.then.outcome == suppressed), proposed),
    }


def _held(findings: Iterable[Finding], thresholds: Thresholds) -> list[str]:
    return [campaign.edition.label for campaign in acting.would_hold(findings=findings, thresholds=thresholds)]
