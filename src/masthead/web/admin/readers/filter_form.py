"""The filter above the list of readers, and whom of them an action or an export means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from masthead.audience import filtering
from masthead.audience.attributes import BadValue
from masthead.audience.filtering import BOUNCED, SUPPRESSED, Filter, Offered
from masthead.audience.models import Subscriber, Subscription
from masthead.audience.segments.compiling import SegmentBroken
from masthead.audience.segments.tree import BadRule

#: The most readers that can be ticked: what stands on a page.
A_PAGE = 50
_ALWAYS_SHOWN = ("q", "list", "state")


class FilterForm(forms.Form):
    """What the list of readers is filtered by, and its order."""

    q = forms.CharField(label=_("Address or name"), required=False, max_length=320, widget=forms.TextInput({"type": "search"}))
    list = forms.TypedChoiceField(label=_("List"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Any state")),
            *Subscription.State.choices,
            (SUPPRESSED, _("Suppressed")),
            (BOUNCED, _("Bounced out")),
        ],
    )
    tag = forms.TypedChoiceField(label=_("Tag"), required=False, coerce=int, empty_value=None)
    segment = forms.TypedChoiceField(label=_("Segment"), required=False, coerce=int, empty_value=None)
    attribute = forms.ChoiceField(label=_("Attribute"), required=False)
    value = forms.CharField(
        label=_("What it says"), required=False, max_length=500, help_text=_("Empty: whatever it says, if it is known.")
    )
    domain = forms.CharField(
        label=_("Domain of the address"), required=False, max_length=255, widget=forms.TextInput({"dir": "ltr"})
    )
    source = forms.CharField(label=_("Came by"), required=False, max_length=100)
    since = forms.DateField(label=_("Known from"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("Known up to"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("newest first")),
            ("old", _("oldest first")),
            ("address", _("by address")),
            ("name", _("by name")),
            ("domain", _("by domain")),
        ],
    )

    def __init__(self, data: Any, there_is: Offered | None = None) -> None:
        super().__init__(data)
        self.there_is = there_is or filtering.offered()
        any_or_none = ("", _("Any or none"))
        choices: dict[str, Sequence[tuple[Any, Any]]] = {
            "list": [("", _("All lists")), *self.there_is.lists.items()],
            "tag": [any_or_none, *self.there_is.tags.items()],
            "segment": [any_or_none, *self.there_is.segments.items()],
            "attribute": [any_or_none, *((each.key, each.label) for each in self.there_is.attributes)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def first(self) -> Sequence[BoundField]:
        """The fields that are always in sight."""
        return [self[name] for name in _ALWAYS_SHOWN]

    def more(self) -> Sequence[BoundField]:
        """The others."""
        return [field for field in self if field.name not in _ALWAYS_SHOWN]

    def says_more(self) -> bool:
        """Whether one of the others is filled in, so that they are shown."""
        return any(self.data.get(field.name) for field in self.more()) or any(field.errors for field in self.more())

    def carried(self) -> Sequence[tuple[str, str]]:
        """Names and values for hidden fields of another form, and for addresses."""
        return [(name, self.data[name]) for name in self.fields if self.data.get(name)]

    def asked(self) -> Filter:
        """The filter; only after `is_valid`."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"q", "sort"}}
        return Filter(text=self.cleaned_data["q"], **values)

    def found(self, *, now: datetime) -> QuerySet[Subscriber]:
        """Who fits, for the list of readers. What cannot be understood finds nobody, and is said beside its field."""
        if not self.is_valid():
            return Subscriber.objects.none()
        try:
            return filtering.listed(self.asked(), sort=self.cleaned_data["sort"], now=now)
        except BadValue as error:
            self.add_error("value", str(error))
        except (BadRule, SegmentBroken) as error:
            self.add_error("segment", str(error))
        return Subscriber.objects.none()


class Meant:
    """Whom an action or an export means, as the address of its screen says: the readers ticked, or all whom a filter finds."""

    def __init__(self, said: QueryDict) -> None:
        self.form = FilterForm(said)
        self.ids = [int(pk) for pk in said.getlist("reader") if pk.isdecimal() and len(pk) < 19][:A_PAGE]
        self.all_found = said.get("which") == "all"
        self.understood = not self.all_found or self.form.is_valid()

    @property
    def somebody(self) -> bool:
        """Whether anybody may be meant at all: nothing ticked is nobody, never everybody."""
        return self.all_found or bool(self.ids)

    @property
    def chosen(self) -> Filter | list[int]:
        """For the verbs. Only where it is `understood`."""
        return self.form.asked() if self.all_found else self.ids

    def carried(self) -> list[tuple[str, str]]:
        """Names and values for hidden fields."""
        if self.all_found:
            return [("which", "all"), *self.form.carried()]
        return [("reader", str(pk)) for pk in self.ids]

    def back(self) -> dict[str, Any]:
        """The query of the list of readers that it came from."""
        return dict(self.form.carried())
