"""What is chosen on the send desk survives every button on it: it goes along in the address of the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from masthead.audience.models import Segment
from masthead.issues.lookups import lists_for
from masthead.issues.models import Issue

_ONE = ("mail_mode", "when", "day", "hour", "policy", "subject", "preheader")
_SEVERAL = ("lists", "segments", "excluded")


def back(request: HttpRequest, pk: int, anchor: str) -> HttpResponse:
    """Back to the send desk of issue `pk`, at `anchor`, with what the posted form had chosen."""
    kept = QueryDict("kept=1", mutable=True)
    for name in (*_SEVERAL, *_ONE):
        kept.setlist(name, request.POST.getlist(name))
    return redirect(f"{reverse('desk_send', args=[pk])}?{kept.urlencode()}#{anchor}")


def kept(request: HttpRequest, issue: Issue) -> dict[str, object]:
    """The choices in the address of the page, as initial values of its form; empty where there are none."""
    if "kept" not in request.GET:
        return {}
    chosen: dict[str, object] = {name: request.GET[name] for name in _ONE if name in request.GET}
    return {
        **chosen,
        "lists": list(lists_for(issue.publication).filter(pk__in=numbers(request.GET, "lists"))),
        "segments": list(Segment.objects.filter(pk__in=numbers(request.GET, "segments"))),
        "excluded": list(Segment.objects.filter(pk__in=numbers(request.GET, "excluded"))),
    }


def numbers(values: QueryDict, name: str) -> set[int]:
    """The ids that `values` has under `name`; what is no id is passed over."""
    return {int(value) for value in values.getlist(name) if value.isdecimal() and len(value) < 19}
