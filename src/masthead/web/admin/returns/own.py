"""The staff's own rules for what comes back, and turning shipped ones off: each change is looked at before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, replace

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from masthead.bounces import acting, own_rules, policies
from masthead.bounces.models import Finding, OwnRule
from masthead.bounces.own_rules import BadRule, Draft
from masthead.bounces.reasons import REASONS
from masthead.bounces.rules import RULES, Thresholds
from masthead.team.roles import requires
from masthead.web.admin.returns.judging import NEWEST, tried
from masthead.web.admin.returns.words import KINDS
from masthead.web.admin.staff import staff

_MOST_REMOVED = 20
_SALT = "masthead.own_rules.looked"
_LOOK_HOLDS = 3600  # seconds: what came back since then may say otherwise


class RuleForm(forms.Form):
    """A rule that is to be. Whether it may be, `own_rules.checked` says."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), required=False, choices=[("", gettext_lazy("Any")), *REASONS.items()]
    )
    phrase = forms.CharField(
        label=gettext_lazy("The words contain"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Plain words, as the server says them. Capitals and blanks make no difference."),
    )
    domain = forms.CharField(
        label=gettext_lazy("Receiving domain or provider"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy("Such as example.org, or google for all domains of that provider."),
    )
    code = forms.CharField(
        label=gettext_lazy("Enhanced code begins with"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy("Such as 5.1 or 5.1.1."),
    )
    status_class = forms.ChoiceField(
        label=gettext_lazy("Class"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("4", gettext_lazy("4: for now")), ("5", gettext_lazy("5: for good"))],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("Any")), *((name, KINDS[name]) for name in own_rules.KINDS)],
    )
    verdict = forms.ChoiceField(label=gettext_lazy("What follows"), choices=OwnRule.Verdict.choices)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("One sentence. It stands beside everything that the rule decides."),
    )

    def draft(self) -> Draft:
        """What was filled in. Only for a valid form."""
        return Draft(**self.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("returns.judge")
def own(request: HttpRequest) -> HttpResponse:
    """The rules of the staff; a new one is tried on the newest findings, then kept."""
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("returns.judge")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An own rule said otherwise, in its place; tried first like a new one."""
    rule = get_object_or_404(OwnRule, pk=pk)
    if rule.removed_at is not None:
        messages.info(request, _("This rule was removed. Put it back before you change it."))
        return redirect("desk_own_rules")
    return _written(request, rule)


@require_POST
@requires("returns.judge")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an own rule up, remove it, or put it back; removing and putting back are looked at first."""
    rule, act = get_object_or_404(OwnRule, pk=pk), request.POST.get("act", "")
    verbs: dict[str, Callable[..., None]] = {
        "up": own_rules.move_up,
        "remove": own_rules.remove,
        "back": own_rules.put_back,
    }
    if act not in verbs:
        return redirect("desk_own_rules")
    tried_on = _what_is_asked(request, act)
    if act == "up" or _was_looked_at(request, tried_on):
        verbs[act](rule=rule, by=staff(request).actor, now=timezone.now())
        messages.success(request, _("Done. It holds for what comes back from now on."))
        return redirect("desk_own_rules")
    present = policies.current()
    rest = tuple(each for each in present.own if each.name != str(rule))
    proposed = replace(present, own=rest if act == "remove" else (*rest, own_rules.as_rule(rule)))
    question = _("Remove this rule?") if act == "remove" else _("Put this rule back?")
    return _show(request, present, proposed, tried_on=tried_on, ask=(question, rule.why, act, request.path, ""))


@require_POST
@requires("returns.judge")
def shipped(request: HttpRequest) -> HttpResponse:
    """Turn a shipped rule off or on again, after a look at what would be different."""
    name, off = request.POST.get("name", "")[:40], request.POST.get("act") == "off"
    try:
        own_rules.must_be_optional(name)
    except BadRule as error:
        messages.error(request, str(error))
        return redirect("desk_own_rules")
    tried_on = _what_is_asked(request, "off" if off else "on", name)
    if _was_looked_at(request, tried_on):
        own_rules.turn(name=name, off=off, by=staff(request).actor, now=timezone.now())
        messages.success(request, _("Done. It holds for what comes back from now on."))
        return redirect("desk_own_rules")
    present = policies.current()
    proposed = replace(present, off=present.off | {name} if off else present.off - {name})
    question = _("Turn this rule off?") if off else _("Turn this rule on again?")
    ask = (question, name, "off" if off else "on", request.path, name)
    return _show(request, present, proposed, tried_on=tried_on, ask=ask)


def _written(request: HttpRequest, rule: OwnRule | None) -> HttpResponse:
    """The form of a new rule, or of `rule`; what was written is tried, then kept."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    initial = asdict(own_rules.as_draft(rule)) if rule is not None else None
    form = RuleForm(request.POST if act else None, initial=initial)
    present, proposed, tried_on = policies.current(), None, ""
    if act and form.is_valid():
        try:
            proposed = own_rules.trial(form.draft(), present, rule)
            tried_on = _what_is_tried(request, form.draft())
            if act == "keep" and not _was_looked_at(request, tried_on):
                messages.warning(request, _("Look at what would be different first; then keep it."))
            elif act == "keep":
                _keep(request, form.draft(), rule)
                messages.success(request, _("Kept. It holds for what comes back from now on; what was judged stays as it is."))
                return redirect("desk_own_rules")
        except BadRule as error:
            form.add_error(None, str(error))
    return _show(request, present, proposed, form=form, tried_on=tried_on, rule=rule)


def _keep(request: HttpRequest, draft: Draft, rule: OwnRule | None) -> None:
    by, now = staff(request).actor, timezone.now()
    if rule is None:
        own_rules.add(draft=draft, by=by, now=now)
    else:
        own_rules.change(rule=rule, draft=draft, by=by, now=now)


def _show(
    request: HttpRequest,
    present: Thresholds,
    proposed: Thresholds | None,
    *,
    form: RuleForm | None = None,
    tried_on: str = "",
    ask: tuple[str, str, str, str, str] | None = None,
    rule: OwnRule | None = None,
) -> HttpResponse:
    compared = acting.compare(proposed=proposed, most=NEWEST) if proposed is not None else []
    label = {outcome.value: outcome.label for outcome in Finding.Outcome}
    context = {
        "title": _("Your own rules"),
        "here": "judging",
        "form": form or RuleForm(),
        "rule": rule,
        "own": [(row, conditions(row)) for row in OwnRule.objects.filter(removed_at=None)],
        "removed": [
            (row, conditions(row)) for row in OwnRule.objects.exclude(removed_at=None).order_by("-removed_at")[:_MOST_REMOVED]
        ],
        "optional": [(rule, label[rule.outcome], rule.name in present.off) for rule in RULES if rule.may_be_off],
        "compared": len(compared),
        "tried": tried(compared, present, proposed) if proposed is not None else None,
        "ask": ask,
        "looked": signing.dumps(tried_on, salt=_SALT) if proposed is not None else "",
    }
    return render(request, "web_admin/returns/own.html", context)


def _what_is_tried(request: HttpRequest, draft: Draft) -> str:
    """The words that stand for trying `draft`, in its plain form. Raises BadRule."""
    return repr((staff(request).actor, request.path, astuple(own_rules.checked(draft))))


def _what_is_asked(request: HttpRequest, *what: str) -> str:
    """The words that stand for a question about a rule that is there."""
    return repr((staff(request).actor, request.path, what))


def _was_looked_at(request: HttpRequest, tried_on: str) -> bool:
    """Whether this person was shown, within the hour, what `tried_on` changes: only our own page can say so."""
    try:
        return bool(signing.loads(request.POST.get("sure", ""), salt=_SALT, max_age=_LOOK_HOLDS) == tried_on)
    except signing.BadSignature:
        return False


def conditions(row: OwnRule) -> list[tuple[str, str]]:
    """What `row` asks for, as names and values."""
    asked = [
        (_("Kind"), str(KINDS.get(row.kind, row.kind))),
        (_("Reason"), str(REASONS.get(row.reason, row.reason))),
        (_("Class"), row.status_class),
        (_("Code"), row.code),
        (_("Words"), row.phrase),
        (_("Domain"), row.domain),
    ]
    return [(name, value) for name, value in asked if value]
