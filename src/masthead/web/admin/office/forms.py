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
from masthead.common.sharing import CHANNELS, NETWORKS, BadProfile, check_profile_url
from masthead.issues.models import Publication
from masthead.web.admin.office.choices import languages, time_zones

_CHANNELS = [(name, channel.label or _("E-mail")) for name, channel in CHANNELS.items()]
#: On a page there are two more ways than links to networks: copying the address, and our form.
_WEB_CHANNELS = [("copy", _("Copy the link")), *_CHANNELS, ("forward", _("Forward by a form, for readers who signed in"))]
_GROUPS: list[tuple[str | Promise, str, tuple[str, ...]]] = [
    (
        _("Name and language"),
        "identity",
        ("name", "tagline", "masthead_line", "issn", "language", "direction", "time_zone", "next_number"),
    ),
    (_("Look"), "look", ("accent", "mail_mode")),
    (_("Public address"), "address", ("base_url",)),
    (_("Sender"), "sender", ("from_name", "from_address", "reply_to", "imprint")),
    (_("Readers"), "readers", ("lists",)),
    (_("Share and follow"), "share", ("share_mail", "share_web")),
]


class PublicationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything staff decide about a publication. Whether it is live is decided by a button of its own."""

    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Made darker or lighter wherever it could not be read."),
    )
    language = forms.ChoiceField(label=_("Language"))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    next_number = forms.IntegerField(
        label=_("Next number"), min_value=1, max_value=9_999_999, help_text=_("Once issues have numbers it only goes up.")
    )
    share_mail = forms.MultipleChoiceField(
        label=_("Share row in mails"), choices=_CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    share_web = forms.MultipleChoiceField(
        label=_("Share row on the page of an issue"), choices=_WEB_CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.all(), label=_("Lists it is sent to"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Publication
        fields = (
            "name",
            "tagline",
            "masthead_line",
            "issn",
            "language",
            "direction",
            "time_zone",
            "accent",
            "mail_mode",
            "from_name",
            "from_address",
            "reply_to",
            "imprint",
            "base_url",
            "lists",
        )
        widgets = {"imprint": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "masthead_line": _("The publisher, a place, “Founded 1985”."),
            "from_address": _("An address of a domain of your own; free mail services refuse bulk mail sent from elsewhere."),
            "imprint": _("Who sends it, with a postal address: stands at the foot of every mail."),
            "base_url": _(
                "A host of its own, such as https://news.example.org, or a path, such as https://example.org/news. Empty: the "
                "address of this install. After a move the old address leads to the new one, as long as it reaches this install."
            ),
        }

    def __init__(
        self, publication: Publication, data: Mapping[str, Any] | None = None, *, among: QuerySet[Publication] | None = None
    ) -> None:
        """`among` are the publications of who asks: lists of others are not offered."""
        channels = {"share_mail": publication.share_mail, "share_web": publication.share_web}
        follow = {f"follow_{entry['network']}": entry["url"] for entry in publication.follow}
        super().__init__(
            data,
            instance=publication,
            initial={**channels, **follow, "next_number": publication.next_number},
        )
        if among is not None:
            offered = MailingList.objects.filter(Q(publications__in=among) | Q(publications=None)).distinct()
            self.fields["lists"].queryset = offered  # type: ignore[attr-defined]
        known = languages()
        extra = [] if publication.language in dict(known) else [(publication.language, publication.language)]
        self.fields["language"].choices = [*extra, *known]  # type: ignore[attr-defined]
        for name, network in NETWORKS.items():
            self.fields[f"follow_{name}"] = forms.URLField(
                label=network.label or _("Website"),
                required=False,
                assume_scheme="https",
                widget=forms.URLInput(attrs={"placeholder": network.example, "dir": "ltr"}),
            )

    def clean(self) -> dict[str, object]:
        """Each account must look like one of its network."""
        values: dict[str, object] = super().clean() or {}
        for name in NETWORKS:
            url = values.get(f"follow_{name}")
            if isinstance(url, str) and url:
                try:
                    check_profile_url(name, url)
                except BadProfile as error:
                    self.add_error(f"follow_{name}", str(error))
        return values

    def values(self) -> dict[str, object]:
        """What `settling.change` takes."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in self.Meta.fields}
        follow = [{"network": name, "url": cleaned[f"follow_{name}"]} for name in NETWORKS if cleaned[f"follow_{name}"]]
        ordered = {row: [name for name, _label in _WEB_CHANNELS if name in cleaned[row]] for row in ("share_mail", "share_web")}
        return {**plain, **ordered, "follow": follow}

    def groups(self) -> Iterator[tuple[str | Promise, str, list[BoundField]]]:
        """Heading, anchor and fields of each part of the screen."""
        for heading, anchor, names in _GROUPS:
            yield heading, anchor, [self[name] for name in names]
        yield _("Accounts to follow"), "follow", [self[f"follow_{name}"] for name in NETWORKS]
