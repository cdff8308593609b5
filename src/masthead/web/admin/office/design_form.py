"""The form of a publication's design: what mails and pages look like, and its own words in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from masthead.common.sharing import CHANNELS, NETWORKS, BadProfile, check_profile_url
from masthead.issues.models import Publication
from masthead.issues.models.publication import TEXTS
from masthead.issues.rendering.faces import FACES

_CHANNELS = {name: channel.label or _("E-mail") for name, channel in CHANNELS.items()}
#: On a page there are two more ways than links to networks: copying the address, and our form.
WEB_CHANNELS: dict[str, str | Promise] = {
    "copy": _("Copy the link"),
    **_CHANNELS,
    "forward": _("Forward by a form, for readers who signed in"),
}
_TEXT_LABELS = {
    "footer": _("At the foot of mails and pages"),
    "sign_up": _("Beside the sign-up form"),
    "welcome": _("On the page that welcomes a new reader"),
}
_COLOUR = forms.TextInput(attrs={"type": "color"})


@dataclass(frozen=True)
class Words:
    """The fields of one language."""

    language: str
    name: str
    own: bool
    filled: int
    fields: list[BoundField]


class DesignForm(forms.Form):
    """Everything of a publication that readers see and that is no text of an issue."""

    tagline = forms.CharField(label=_("Tagline"), max_length=250, required=False)
    masthead_line = forms.CharField(
        label=_("Line under the tagline"),
        max_length=250,
        required=False,
        help_text=_("The publisher, a place, “Founded 1985”."),
    )
    logo = forms.ModelChoiceField(
        get_image_model().objects.none(),
        label=_("Wordmark or logo"),
        required=False,
        help_text=_("Stands above the name, which is always written out too: many readers see no pictures."),
    )
    accent = forms.RegexField(r"^#[0-9a-fA-F]{6}$", label=_("Colour"), widget=_COLOUR)
    night_own = forms.BooleanField(label=_("A colour of its own by night"), required=False)
    night_accent = forms.RegexField(r"^#[0-9a-fA-F]{6}$", label=_("Colour by night"), required=False, widget=_COLOUR)
    typeface = forms.ChoiceField(
        label=_("Typeface"),
        choices=[(name, face.label) for name, face in FACES.items()],
        widget=forms.RadioSelect,
        help_text=_("Faces that readers' machines have. Arabic script keeps faces of its own."),
    )
    share_mail = forms.MultipleChoiceField(label=_("Share row in mails"), required=False, widget=forms.CheckboxSelectMultiple)
    share_web = forms.MultipleChoiceField(
        label=_("Share row on the page of an issue"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, publication: Publication, data: Mapping[str, Any] | None = None) -> None:
        self.publication = publication
        super().__init__(data, initial=self._initial(publication))
        self.fields["logo"].queryset = get_image_model().objects.all()  # type: ignore[attr-defined]
        self.fields["logo"].widget = AdminImageChooser()
        for row, channels in (("share_mail", _CHANNELS), ("share_web", WEB_CHANNELS)):
            kept = [name for name in getattr(publication, row) if name in channels]
            order = [*kept, *(name for name in channels if name not in kept)]
            self.fields[row].choices = [(name, channels[name]) for name in order]  # type: ignore[attr-defined]
        for name, network in NETWORKS.items():
            self.fields[f"follow_{name}"] = forms.URLField(
                label=network.label or _("Website"),
                required=False,
                assume_scheme="https",
                widget=forms.URLInput(attrs={"placeholder": network.example, "dir": "ltr"}),
            )
        for language in self._languages():
            for place, most in TEXTS.items():
                self.fields[f"text_{place}_{language}"] = forms.CharField(
                    label=_TEXT_LABELS[place],
                    required=False,
                    max_length=most,
                    widget=forms.Textarea(attrs={"rows": 2, "lang": language, "dir": "auto"}),
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
        """What `settling.change` takes; of a form with mistakes what could be read, and for the rest what is kept."""
        self.is_valid()
        said, kept = self.cleaned_data if self.is_bound else {}, self._initial(self.publication)
        read = {name: said.get(name, kept.get(name)) for name in self.fields}
        texts: dict[str, dict[str, str]] = {}
        for language in self._languages():
            words = {place: str(read[f"text_{place}_{language}"] or "").strip() for place in TEXTS}
            texts[language] = {place: text for place, text in words.items() if text}
        return {
            "tagline": read["tagline"],
            "masthead_line": read["masthead_line"],
            "logo": read["logo"] or None,
            "accent": str(read["accent"]).lower(),
            "night_accent": str(read["night_accent"]).lower() if read["night_own"] and read["night_accent"] else "",
            "typeface": read["typeface"],
            "share_mail": list(read["share_mail"]),
            "share_web": list(read["share_web"]),
            "follow": [{"network": name, "url": read[f"follow_{name}"]} for name in NETWORKS if read[f"follow_{name}"]],
            "texts": {language: words for language, words in texts.items() if words},
        }

    def share_rows(self) -> list[BoundField]:
        """The two share rows, each in the order kept."""
        return [self["share_mail"], self["share_web"]]

    def follow_fields(self) -> list[BoundField]:
        """One field for each network."""
        return [self[f"follow_{name}"] for name in NETWORKS]

    def words(self) -> list[Words]:
        """The fields of own words by language, the publication's own first."""
        names = dict(settings.LANGUAGES)
        found = []
        for language in self._languages():
            fields = [self[f"text_{place}_{language}"] for place in TEXTS]
            filled = sum(bool(field.value()) for field in fields)
            own = language == self.publication.language
            found.append(Words(language, names.get(language, language), own, filled, fields))
        return found

    def _languages(self) -> list[str]:
        own = self.publication.language
        return [own, *(code for code, _name in settings.LANGUAGES if code != own)]

    def _initial(self, publication: Publication) -> dict[str, object]:
        texts = {
            f"text_{place}_{language}": publication.texts.get(language, {}).get(place, "")
            for language in self._languages()
            for place in TEXTS
        }
        return {
            "tagline": publication.tagline,
            "masthead_line": publication.masthead_line,
            "logo": publication.logo,
            "accent": publication.accent,
            "night_own": bool(publication.night_accent),
            "night_accent": publication.night_accent or publication.accent,
            "typeface": publication.typeface,
            "share_mail": publication.share_mail,
            "share_web": publication.share_web,
            **{f"follow_{entry['network']}": entry["url"] for entry in publication.follow},
            **texts,
        }
