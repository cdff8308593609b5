"""Attributes: what is asked of readers beyond address, name and language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import defining
from masthead.audience.models import Attribute
from masthead.audience.tasks import convert_attribute
from masthead.team.roles import requires
from masthead.web.admin.staff import staff


class AttributeForm(forms.Form):
    """One definition. Kind and merge field are chosen once."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=150, help_text=gettext_lazy("What readers are asked."))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Attribute.Kind.choices)
    key = forms.CharField(
        label=gettext_lazy("Merge field"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr"}),
        help_text=gettext_lazy("Empty: made of the label. Kind and merge field cannot be changed later."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices, one a line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("For the two kinds with choices."),
    )
    default = forms.CharField(
        label=gettext_lazy("Filled in with"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Stands in the form of somebody who signs up, until they type something else."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    at_sign_up = forms.BooleanField(label=gettext_lazy("Asked when signing up"), required=False)
    editable = forms.BooleanField(label=gettext_lazy("Readers can change it on their own page"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Place among the questions"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("1 is asked first. Empty: asked last."),
    )

    def __init__(self, attribute: Attribute | None, data: Any = None) -> None:
        initial: dict[str, object] = {}
        if attribute is not None:
            names = ("label", "kind", "key", "default", "required", "at_sign_up", "editable", "position")
            initial = {name: getattr(attribute, name) for name in names}
            initial |= {"choices": "\n".join(attribute.choices)}
            initial |= {f"label_{language}": words for language, words in attribute.labels.items()}
        super().__init__(data, initial=initial)
        if attribute is not None:
            del self.fields["kind"], self.fields["key"]
            if attribute.kind not in {Attribute.Kind.CHOICE, Attribute.Kind.CHOICES}:
                del self.fields["choices"]
        for language, name in settings.LANGUAGES:
            self.fields[f"label_{language}"] = forms.CharField(
                label=_("Label in %(language)s") % {"language": name}, required=False, max_length=150
            )

    def said(self) -> dict[str, Any]:
        """As `defining` takes it."""
        values = dict(self.cleaned_data)
        values["labels"] = {
            language: words for language, _name in settings.LANGUAGES if (words := values.pop(f"label_{language}", "").strip())
        }
        if values["position"] is None:
            del values["position"]
        if "choices" in values:
            values["choices"] = values["choices"].splitlines()
        return values


@require_safe
@requires("lists.edit")
def attributes(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "web_admin/readers/attributes.html", {"title": _("Attributes"), "rows": list(Attribute.objects.all())})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new one. Values that readers have under its name already are converted in the background."""
    form = AttributeForm(None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = defining.create(by=staff(request).actor, now=timezone.now(), **form.said())
        except defining.KeyTaken as error:
            form.add_error("key", str(error))
        except defining.BadAttribute as error:
            form.add_error(error.field, str(error))
        else:
            convert_attribute.enqueue(made.pk)
            messages.success(request, _("In texts it is %(field)s.") % {"field": "{{ " + made.key + " }}"})
            return redirect("desk_attributes")
    context = {"title": _("New attribute"), "form": form}
    return render(request, "web_admin/readers/attribute.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def attribute(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(Attribute, pk=pk)
    form = AttributeForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            defining.edit(attribute=found, by=staff(request).actor, now=timezone.now(), **form.said())
        except defining.BadAttribute as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_attributes")
    context = {"title": found.label, "form": form, "attribute": found}
    return render(request, "web_admin/readers/attribute.html", context, status=422 if form.errors else 200)


@require_POST
@requires("lists.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the definition away; what readers answered stays."""
    found = get_object_or_404(Attribute, pk=pk)
    defining.delete(attribute=found, by=staff(request).actor, now=timezone.now())
    messages.success(request, _("“%(label)s” is not asked any more. What readers answered stays.") % {"label": found.label})
    return redirect("desk_attributes")
