"""The forms of what came back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from masthead.audience.export_formats import Kind
from masthead.bounces import lookups
from masthead.bounces.models import Finding
from masthead.bounces.reasons import REASONS
from masthead.delivery.models import Campaign
from masthead.web.admin.returns.words import KINDS


class IssueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has none at run time
    """A campaign, named by the number and title of its issue."""

    def label_from_instance(self, obj: object) -> str:
        """ "1971: Tides and ferries"."""
        return f"{obj.edition.label}: {obj.edition.title[:60]}" if isinstance(obj, Campaign) else str(obj)


class Search(forms.Form):
    """What the list shows."""

    q = forms.CharField(
        label=_("Address"), required=False, max_length=320, widget=forms.TextInput(attrs={"type": "search", "dir": "ltr"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *KINDS.items()])
    outcome = forms.ChoiceField(label=_("What followed"), required=False, choices=[("", _("Anything")), *Finding.Outcome.choices])
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", _("Any")), *REASONS.items()])
    domain = forms.CharField(
        label=_("Receiving domain"), required=False, max_length=255, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    issue = IssueChoice(Campaign.objects.none(), label=_("Issue"), required=False, empty_label=_("Any"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["issue"].queryset = lookups.campaigns_with_findings()  # type: ignore[attr-defined]

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return self.is_valid() and any(self.cleaned_data.values())

    def values(self) -> dict[str, object]:
        """The arguments of `lookups.search`; nothing is left out by what cannot be understood."""
        if not self.is_valid():
            return {}
        cleaned = dict(self.cleaned_data)
        return {"text": cleaned.pop("q"), "campaign": cleaned.pop("issue"), **cleaned}


class ExportForm(Search):
    """The same, and how the file is written."""

    as_ = forms.ChoiceField(
        label=_("Format"),
        choices=[
            (Kind.CSV.value, _("CSV, for any spreadsheet")),
            (Kind.XLSX.value, _("Excel workbook (.xlsx)")),
            (Kind.JSON.value, _("JSON, for programs")),
        ],
    )


class WhyForm(forms.Form):
    """A reason in words, kept with what it is given for."""

    why = forms.CharField(label=_("How do you know?"), max_length=500)
