"""Segments: who is meant, by rows of conditions, with how many fit now and ten of them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience.models import Segment, Subscriber
from masthead.audience.segments import saving, tree
from masthead.audience.segments.compiling import Compiler, SegmentBroken
from masthead.audience.segments.tree import BadRule, Rule
from masthead.delivery import narrowing
from masthead.team.roles import may, requires
from masthead.web.admin.readers import segment_rows
from masthead.web.admin.readers.segment_rows import Group, Rows
from masthead.web.admin.staff import staff


class SegmentForm(forms.Form):
    """The name, and the rule as text where somebody wants that."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=saving.LONGEST_NAME)
    description = forms.CharField(label=gettext_lazy("What it is for"), required=False, max_length=500)


@dataclass(frozen=True)
class Found:
    """Who fits now, or why nobody can say."""

    count: int = 0
    sample: tuple[Subscriber, ...] = ()
    trouble: str = ""


@require_safe
@requires("lists.edit")
def segments(request: HttpRequest) -> HttpResponse:
    """All of them, in words."""
    now = timezone.now()
    compiler = Compiler(now=now)
    rows = []
    for segment in Segment.objects.all():
        try:
            words = saving.in_words(tree.read(segment.rule), compiler)
        except BadRule as error:
            words = str(error)
        rows.append({"segment": segment, "words": words, "trouble": saving.trouble_of(segment, now=now)})
    return render(request, "web_admin/readers/segments.html", {"title": _("Segments"), "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new segment."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def segment(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _edit(request, get_object_or_404(Segment, pk=pk))


@require_POST
@requires("lists.edit")
def count(request: HttpRequest) -> HttpResponse:
    """How many fit what stands in the form: a piece of the screen. Nothing is saved."""
    within = request.POST.get("within", "")
    compiler = Compiler(now=timezone.now())
    known = within.isdecimal() and len(within) < 19
    segment = Segment.objects.filter(pk=int(within)).first() if known else None
    rule = segment_rows.to_rule(_rows_of(request, segment), compiler)
    found = _found(request, rule, within if known else "", compiler)
    return render(request, "web_admin/readers/segment_found.html", {"found": found})


@require_POST
@requires("lists.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one. Sendings that wait for it are named before, on its screen."""
    segment = get_object_or_404(Segment, pk=pk)
    try:
        saving.delete(segment=segment, by=staff(request).actor, now=timezone.now())
    except saving.SegmentInUse as error:
        messages.error(request, str(error))
        return redirect("desk_segment", pk)
    messages.success(request, _("The segment “%(name)s” is gone.") % {"name": segment.name})
    return redirect("desk_segments")


def _edit(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    within = str(segment.pk) if segment else ""
    compiler = Compiler(now=timezone.now())
    form = SegmentForm(
        request.POST or None, initial={"name": segment.name, "description": segment.description} if segment else None
    )
    rows, text = _opened(segment)
    trouble = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act != "save_text":
            rows = _rows_of(request, segment)
            segment_rows.act(rows, act, request.POST, compiler, within)
        text = request.POST.get("rule", text)
        if act in {"save", "save_text"}:
            answer, trouble = _save(request, form, segment, rows, text if act == "save_text" else None, compiler)
            if answer is not None:
                return answer
        else:
            form.errors.clear()
    context = {
        "title": segment.name if segment else _("New segment"),
        "segment": segment,
        "form": form,
        "rows": rows,
        "groups": segment_rows.drawn(rows, compiler, within) if rows is not None else [],
        "kinds": segment_rows.kinds(compiler),
        "modes": [("all", _("all of these")), ("any", _("at least one of these")), ("none", _("none of these"))],
        "text": text,
        "trouble": trouble,
        "within": within,
        "found": _found(request, _rule(rows, text, compiler), within, compiler),
        "waiting": narrowing.waiting_for(segment).select_related("edition") if segment else [],
        "used_by": saving.used_by(segment) if segment else [],
    }
    status = 422 if trouble or form.errors else 200
    return render(request, "web_admin/readers/segment.html", context, status=status)


def _rows_of(request: HttpRequest, segment: Segment | None) -> Rows:
    """The rows that were sent; what is gone keeps the name that it has in `segment`."""
    rows = segment_rows.of_form(request.POST)
    if segment is not None:
        with suppress(BadRule):
            segment_rows.recall(rows, tree.read(segment.rule))
    return rows


def _opened(segment: Segment | None) -> tuple[Rows | None, str]:
    """The rows and the text of what is saved."""
    if segment is None:
        return Rows(groups=[Group()]), ""
    text = json.dumps(segment.rule, ensure_ascii=False, indent=1)
    try:
        rows = segment_rows.of_rule(tree.read(segment.rule))
    except BadRule:
        return None, text
    if rows is not None and not rows.groups:
        rows.groups.append(Group())
    return rows, text


def _save(
    request: HttpRequest,
    form: SegmentForm,
    segment: Segment | None,
    rows: Rows | None,
    text: str | None,
    compiler: Compiler,
) -> tuple[HttpResponse | None, str]:
    """The way on, or what is wrong with the rule."""
    try:
        rule = segment_rows.to_rule(rows, compiler) if text is None and rows is not None else tree.read(json.loads(text or ""))
    except BadRule as error:
        return None, str(error)
    except (ValueError, RecursionError) as error:
        return None, _("The text is no JSON: %(why)s") % {"why": error}
    if not form.is_valid():
        return None, ""
    said = {"rule": rule, "by": staff(request).actor, "now": timezone.now(), **form.cleaned_data}
    try:
        if segment is None:
            segment = saving.create(**said)
        else:
            saving.edit(segment=segment, **said)
    except (saving.BadSegmentName, saving.SegmentNameTaken) as error:
        form.add_error("name", str(error))
        return None, ""
    except (BadRule, SegmentBroken) as error:
        return None, str(error)
    messages.success(request, _("Saved."))
    return redirect("desk_segment", segment.pk), ""


def _rule(rows: Rows | None, text: str, compiler: Compiler) -> Rule | None:
    if rows is not None:
        return segment_rows.to_rule(rows, compiler)
    try:
        return tree.read(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _found(request: HttpRequest, rule: Rule | None, within: str, compiler: Compiler) -> Found:
    """Names of readers only for those who may see readers."""
    if rule is None:
        return Found(trouble=_("The rule cannot be read."))
    try:
        number = compiler.count(tree.read(tree.write(rule)), within)
        readers = saving.sample(rule, within=within, now=compiler.now) if number and may(request.user, "readers.view") else []
    except (BadRule, SegmentBroken) as error:
        return Found(trouble=str(error))
    return Found(number, tuple(readers))
