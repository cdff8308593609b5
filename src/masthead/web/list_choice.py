"""The choice of lists in a form about one reader, at sign-up, in their own pages and at the desk: one field of slugs.

A form that offers a choice sends the field even when nothing is ticked (`portal/lists.html` has an empty one), so that no choice
is told from a short form that asks for the address alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import MailingList

FIELD = "lists"


def chosen(data: QueryDict, among: Sequence[MailingList]) -> list[MailingList] | None:
    """The lists of `among` that are ticked, in the order of `among`; None where the form had no such choice.

    What is none of them is left out: somebody typed it, or it is offered no more.
    """
    if FIELD not in data:
        return None
    ticked = set(data.getlist(FIELD))
    return [entry for entry in among if entry.slug in ticked]


class ListsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """The same as a field of the desk's forms, whose staff are told of what cannot be chosen."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": _("Choose a list.")})
        super().__init__(
            MailingList.objects.all(), label=_("Lists"), widget=forms.CheckboxSelectMultiple, to_field_name="slug", **options
        )
