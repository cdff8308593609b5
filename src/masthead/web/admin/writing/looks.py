"""Looking at an issue as it will be seen: in each form, on phone and desktop, light and dark, without pictures, as one reader."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from masthead.audience.models import Subscriber
from masthead.common.addresses import BadAddress, normalise
from masthead.issues import reading
from masthead.issues.models import Issue
from masthead.team.roles import may, requires
from masthead.web.admin.words import number_of

#: The forms of an issue; dark and pictures are asked for apart here.
MODES = ("mail", "mail_excerpt", "web", "text", "teaser", "feed")
_MAILS = frozenset({"mail", "mail_excerpt", "text"})


class LookForm(forms.Form):
    """What to look at, and how. Everything has a sensible value of its own."""

    mode = forms.ChoiceField(label=gettext_lazy("Form"), required=False)
    width = forms.ChoiceField(
        label=gettext_lazy("Screen"),
        choices=[("wide", gettext_lazy("Desktop")), ("phone", gettext_lazy("Phone"))],
        required=False,
    )
    night = forms.ChoiceField(
        label=gettext_lazy("Light"),
        choices=[("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))],
        required=False,
    )
    bare = forms.BooleanField(label=gettext_lazy("Pictures off"), required=False)
    plain = forms.BooleanField(label=gettext_lazy("Without style block, as in some phones’ Gmail"), required=False)
    reader = forms.CharField(label=gettext_lazy("As the reader with this address"), required=False, max_length=320)


@require_safe
@requires("issues.write")
def looks(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen: choices above, what they show below."""
    issue = reading.newest(get_object_or_404(Issue, pk=pk))
    form = LookForm(request.GET)
    form.fields["mode"].choices = [(name, words) for name, words in issue.preview_modes if name in MODES]  # type: ignore[attr-defined]
    form.is_valid()
    asked = {name: form.cleaned_data.get(name) for name in form.fields}
    mode = str(asked["mode"] or "mail")
    sees_readers = may(request.user, "readers.view")
    reader = _reader(str(asked["reader"] or "")) if sees_readers else None
    query = {"mode": mode, "night": str(asked["night"] or "light")}
    if asked["bare"]:
        query["pictures"] = "off"
    if asked["plain"]:
        query["styles"] = "off"
    if reader is not None and mode in _MAILS:
        query["reader"] = str(reader.pk)
    context = {
        "title": issue.title or _("Untitled issue"),
        "issue": issue,
        "number": number_of(issue),
        "form": form,
        "mode": mode,
        "width": asked["width"] or "wide",
        "night": query["night"],
        "reader": reader,
        "nobody": bool(asked["reader"]) and reader is None and sees_readers,
        "sees_readers": sees_readers,
        "mail": mode in _MAILS,
        "html_mail": mode in _MAILS - {"text"},
        "may_send": may(request.user, "campaigns.send"),
        "source": f"{reverse('desk_look', args=[pk])}?{urlencode(query)}",
    }
    return render(request, "web_admin/issues/looks.html", context)


def _reader(text: str) -> Subscriber | None:
    """The reader with exactly this address."""
    if not text.strip():
        return None
    try:
        return Subscriber.objects.filter(address_key=normalise(text).key).first()
    except BadAddress:
        return None
