"""The form of a publication, in the groups of its screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import MailingList
from masthead.issues.models import Publication
from masthead.web.admin.office.choices import languages, time_zones

_GROUPS: list[tuple[str | Promise, str, tuple[str, ...]]] = [
    (
        _("Name and language"),
        "identity",
        ("name", "issn", "language", "direction", "time_zone", "next_number"),
    ),
    (_("Public address"), "address", ("base_url",)),
    (_("Sender"), "sender", ("from_name", "from_address", "reply_to", "imprint")),
    (_("Readers"), "readers", ("lists", "mail_mode", "measuring")),
    (_("Checks"), "checks", ("lenient",)),
]


class PublicationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What staff decide about a publication but for its design. Whether it is live is decided by a button of its own."""

    language = forms.ChoiceField(label=_("Language"))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    next_number = forms.IntegerField(
        label=_("Next number"), min_value=1, max_value=9_999_999, help_text=_("Once issues have numbers it only goes up.")
    )
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.all(), label=_("Lists it is sent to"), required=False, widget=forms.CheckboxSelectMultiple
    )

    lenient = forms.MultipleChoiceField(
        label=_("Warn only, and do not stop a sending, for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("alt-missing", _("pictures without a description")),
            ("link-http", _("links to sites that know no encryption (http:)")),
        ],
        help_text=_("Only an owner can change this."),
    )

    class Meta:
        model = Publication
        fields = (
            "name",
            "issn",
            "language",
            "direction",
            "time_zone",
            "mail_mode",
            "measuring",
            "from_name",
            "from_address",
            "reply_to",
            "imprint",
            "base_url",
            "lenient",
            "lists",
        )
        widgets = {"imprint": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "from_address": _("An address of a domain of your own; free mail services refuse bulk mail sent from elsewhere."),
            "measuring": _(
                "Counting makes the links of mails lead by way of this install, alike for all readers. Nothing is kept that says "
                "who followed one; figures below ten are not shown. Readers are told where they sign up. To stop it acts "
                "at once. The third choice asks each reader at sign-up and in their account; of who does not agree nothing more "
                "is kept."
            ),
            "imprint": _("Who sends it, with a postal address: stands at the foot of every mail."),
            "base_url": _(
                "A host of its own, such as https://news.example.org, or a path, such as https://example.org/news. Empty: the "
                "address of this install. After a move the old address leads to the new one, as long as it reaches this install."
            ),
        }

    def __init__(
        self,
        publication: Publication,
        data: Mapping[str, Any] | None = None,
        *,
        among: QuerySet[Publication] | None = None,
        owner: bool = True,
    ) -> None:
        """`among` are the publications of who asks: lists of others are not offered. Only an `owner` lowers checks."""
        super().__init__(data, instance=publication, initial={"next_number": publication.next_number})
        if among is not None:
            offered = MailingList.objects.filter(Q(publications__in=among) | Q(publications=None)).distinct()
            self.fields["lists"].queryset = offered  # type: ignore[attr-defined]
        self.fields["lenient"].disabled = not owner
        known = languages()
        extra = [] if publication.language in dict(known) else [(publication.language, publication.language)]
        self.fields["language"].choices = [*extra, *known]  # type: ignore[attr-defined]

    def values(self) -> dict[str, object]:
        """What `settling.change` takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def groups(self) -> Iterator[tuple[str | Promise, str, list[BoundField]]]:
        """Heading, anchor and fields of each part of the screen."""
        for heading, anchor, names in _GROUPS:
            yield heading, anchor, [self[name] for name in names]
