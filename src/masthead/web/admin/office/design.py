"""Design: what mails and pages of a publication look like, with a live picture of both and a verdict on each colour."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.rich_text import RichText

from masthead.common.sharing import NETWORKS
from masthead.issues import publications as verbs
from masthead.issues import reading, settling
from masthead.issues.content import Content
from masthead.issues.models import Issue, Publication
from masthead.issues.rendering import colours
from masthead.issues.rendering.edition import CannotRender, Rendered
from masthead.issues.rendering.edition import render as render_issue
from masthead.issues.rendering.merge import TooManyFields
from masthead.team.roles import requires
from masthead.web.admin.office.design_form import WEB_CHANNELS, DesignForm
from masthead.web.admin.staff import staff
from masthead.web.admin.words import number_of
from masthead.web.admin.writing import previews
from masthead.web.middleware import spoken
from masthead.web.site.theme import PAPER_DARK, PAPER_LIGHT, RATIO_DARK, RATIO_LIGHT, stylesheet

#: How many issues the picture can show: a design is judged by more than one.
_ISSUES = 3
_DARK = re.compile(r"\(prefers-color-scheme:\s*dark\)")


@dataclass(frozen=True)
class Verdict:
    """How a colour reads on one ground: `used` is what readers get, the colour chosen where that is `good`, else the nearest."""

    name: str
    ground: str
    chosen: str
    used: str
    ratio: float
    shown_ratio: float
    good: bool
    #: Nobody chose it: it is made from the colour by day.
    made: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@requires("publications.edit")
def design(request: HttpRequest, pk: int) -> HttpResponse:
    """The form beside the picture."""
    publication = get_object_or_404(Publication, pk=pk)
    form = DesignForm(publication, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            settling.change(publication=publication, values=form.values(), by=staff(request).actor, now=timezone.now())
        except verbs.BadPublication as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Pages show it at once, mails from the next issue on."))
            return redirect("desk_design", pk)
    context = {
        "title": _("Design"),
        "publication": publication,
        "form": form,
        "verdicts": _verdicts(form),
        "issues": [(issue.pk, number_of(issue), issue.title) for issue in _newest(publication)],
    }
    return render(request, "web_admin/office/design.html", context, status=422 if form.errors else 200)


@require_safe
@requires("publications.edit")
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdicts on the colours as the form has them now: a piece of the screen."""
    form = DesignForm(get_object_or_404(Publication, pk=pk), request.GET)
    return render(request, "web_admin/office/design_verdict.html", {"verdicts": _verdicts(form)})


@require_safe
@requires("publications.edit")
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture: a real issue, or a sample, as mail or page with the values of the form in the query, saved or not."""
    publication = get_object_or_404(Publication, pk=pk)
    night = request.GET.get("night") == "yes"
    if "accent" in request.GET:
        for name, value in DesignForm(publication, request.GET).values().items():
            setattr(publication, name, value)
    issue = _chosen(publication, request.GET.get("issue", ""))
    issue.publication = publication
    try:
        content = reading.read(issue, now=timezone.now()).content
        rendered = render_issue(content)
    except (CannotRender, TooManyFields) as error:
        return previews.page(request, "web_admin/previews/trouble.html", {"trouble": str(error)})
    if request.GET.get("as") == "page":
        return _page(request, publication, content, rendered, night=night)
    html = previews.as_read(rendered.mail_html_full, rendered, content, html=True)
    return previews.sandboxed(_scheme(html, night=night))


def _page(request: HttpRequest, publication: Publication, content: Content, rendered: Rendered, *, night: bool) -> HttpResponse:
    context: dict[str, object] = {
        "content": content,
        # Written by `issues.rendering` from values that it escaped or passed through its allow-list (S4).
        "html": SafeString(rendered.web_html),
        # In the page itself: the frame has no origin and so no session to ask for a sheet of its own with. Ours, no foreign text.
        "css": SafeString(_scheme(_page_css(content), night=night)),
        "sign_up": publication.text("sign_up", content.language),
        "share": [str(WEB_CHANNELS[name]) for name in content.masthead.share_web if name in WEB_CHANNELS],
        "follow": [NETWORKS[one.network].label or _("Website") for one in content.masthead.follow if one.network in NETWORKS],
    }
    with translation.override(spoken(content.language)):
        answer = previews.page(request, "web_admin/previews/design_page.html", context)
    answer["Content-Security-Policy"] = previews.SANDBOX + f"; font-src {request.scheme}://{request.get_host()}"
    return answer


def _page_css(content: Content) -> str:
    """The style sheet of the site and the publication's, as one."""
    sheet = Path(str(finders.find("site/site.css"))).read_text("utf-8").replace('url("fonts/', f'url("{static("site/fonts/")}')
    look = content.masthead
    return sheet + stylesheet(look.accent, night=look.night_accent, typeface=look.typeface)


def _scheme(text: str, *, night: bool) -> str:
    """CSS in which day or night is what was asked for, whatever the machine prefers."""
    return _DARK.sub("(min-width:0)" if night else "(max-width:0)", text)


def _verdicts(form: DesignForm) -> list[Verdict]:
    values = form.values()
    accent, night = str(values["accent"]), str(values["night_accent"])
    made = colours.readable(accent, on=PAPER_DARK, ratio=RATIO_DARK)
    return [
        _judged(_("By day"), accent, on=PAPER_LIGHT, ratio=RATIO_LIGHT),
        replace(_judged(_("By night"), night or made, on=PAPER_DARK, ratio=RATIO_DARK), made=not night),
    ]


def _judged(name: str, chosen: str, *, on: str, ratio: float) -> Verdict:
    used = colours.readable(chosen, on=on, ratio=ratio)
    # Cut, not rounded: 4.46 is not 4.5.
    shown, given = (int(colours.contrast(colour, on) * 10) / 10 for colour in (used, chosen))
    return Verdict(name, on, chosen, used, given, shown, colours.contrast(chosen, on) >= ratio)


def _newest(publication: Publication) -> list[Issue]:
    return list(Issue.objects.filter(publication=publication).exclude(title="").order_by("-id")[:_ISSUES])


def _chosen(publication: Publication, pk: str) -> Issue:
    issues = _newest(publication)
    found = next((issue for issue in issues if str(issue.pk) == pk), issues[0] if issues else None)
    if found is None:
        return _sample(publication)
    if pk and str(found.pk) != pk:
        raise Http404
    return cast("Issue", found.get_latest_revision_as_object())


def _sample(publication: Publication) -> Issue:
    """What is shown before the first issue."""
    issue = Issue(publication=publication, title=_("A first look"), excerpt=_("What an issue looks like."))
    words = _("Written once, an issue leaves as e-mail and stands on the web as a page.")
    link = _("a link")
    issue.body = [("text", {"text": RichText(f'<p>{words} <a href="https://example.org/">{link}</a></p>'), "lang": ""})]
    return issue
