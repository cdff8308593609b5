"""Pre-flight on the screens: three groups, each finding with the way to its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.issues import preflight, reading
from masthead.issues.findings.base import length, place_of
from masthead.issues.models import Issue
from masthead.issues.preflight import Finding
from masthead.team.roles import requires

#: How fast adults read prose silently (Brysbaert 2019, "How many words do we read per minute?": 238 in English).
_WORDS_A_MINUTE = 238


@dataclass(frozen=True)
class Shown:
    """A finding and where its place can be mended; `url` is "" where no screen has it."""

    finding: Finding
    url: str


@dataclass(frozen=True)
class Groups:
    """What the pre-flight says, in the three groups of the screens."""

    must: list[Shown]
    look: list[Shown]
    fine: list[str]

    @property
    def all_fine(self) -> bool:
        """Nothing at all to say."""
        return not self.must and not self.look


def groups_of(issue: Issue, found: list[Finding], *, fine: list[str], here: Mapping[str, str] | None = None) -> Groups:
    """`found` about `issue`, as this object has it, in groups; `fine` is what the other checks look after.

    `here`: places in words that the page itself has, each with its address there.
    """
    jumps = _jumps(issue)
    edit = reverse("issues:edit", args=[issue.pk])
    shown = [Shown(finding, (here or {}).get(finding.place) or _url(issue, finding, jumps, edit)) for finding in found]
    return Groups(
        must=[one for one in shown if one.finding.level == "block"],
        look=[one for one in shown if one.finding.level != "block"],
        fine=fine,
    )


@require_safe
@requires("issues.write")
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The findings about the newest draft: a piece of the compose screen, asked for while somebody writes."""
    issue = reading.newest(get_object_or_404(Issue, pk=pk))
    facts = preflight.facts_of(reading.read(issue, now=timezone.now()))
    report, words = preflight.report_on(facts), length(facts.content)
    context = {
        "issue": issue,
        "findings": groups_of(issue, report.found, fine=report.fine),
        "words": words,
        "minutes": max(1, round(words / _WORDS_A_MINUTE)),
        "bytes": len(facts.rendered.mail_html_full.encode()) if facts.rendered else 0,
    }
    return render(request, "web_admin/issues/findings.html", context)


def _jumps(issue: Issue) -> Mapping[str, str]:
    """Place in words → the id of what shows it on the compose screen."""
    fields = {
        _("headline"): "id_title",
        _("subject"): "id_subject",
        _("preview line"): "id_preheader",
        _("byline"): "id_byline_line",
        _("excerpt"): "id_excerpt",
        _("lead picture"): "id_lead_image_alt",
        _("number"): "id_planned_number",
        _("language"): "id_language",
        _("date"): "id_date",
        _("text"): "body-add",
        _("mail"): "id_mail_mode",
    }
    blocks = {place_of(place): f"block-{child.id}-section" for place, child in enumerate(issue.body, 1) if child.id}
    notes = {
        _("footnote %(key)s") % {"key": child.value["key"]}: f"block-{child.id}-section" for child in issue.notes if child.id
    }
    return {**fields, **blocks, **notes}


def _url(issue: Issue, finding: Finding, jumps: Mapping[str, str], edit: str) -> str:
    if finding.place == _("publication"):
        return reverse("desk_publication", args=[issue.publication_id])
    if finding.place == _("design"):
        return reverse("desk_design", args=[issue.publication_id])
    anchor = jumps.get(finding.place, "")
    return f"{edit}#{anchor}" if anchor and re.fullmatch(r"[A-Za-z0-9_-]+", anchor) else ""
