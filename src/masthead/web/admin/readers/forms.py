"""What staff type about readers and lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from masthead.audience.attributes import as_typed
from masthead.audience.imports.columns import merge_field
from masthead.audience.models import Attribute, MailingList, Subscriber, Subscription
from masthead.audience.subscribers import language_tag
from masthead.common.addresses import BadAddress, normalise
from masthead.mail.address_words import why_not
from masthead.web.list_choice import ListsField

MOST_UPLOADED = 512 * 2**20


class AddressField(forms.CharField):
    """A mail address, as readers have them: other scripts included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=320, widget=forms.TextInput({"dir": "ltr", "inputmode": "email", "autocomplete": "off"}), **options
        )

    def clean(self, value: Any) -> str:
        """The address as typed, checked."""
        text = str(super().clean(value))
        try:
            return normalise(text).address
        except BadAddress as error:
            raise forms.ValidationError(why_not(error)) from error


class ReaderForm(forms.Form):
    """What can be changed of one reader."""

    address = AddressField(label=_("Address"))
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    language = forms.CharField(
        label=_("Language"), required=False, max_length=35, help_text=_("A short tag such as en, fr or fa. Empty: not known.")
    )
    mail_format = forms.ChoiceField(label=_("Format"), choices=Subscriber.Format.choices)
    mail_mode = forms.ChoiceField(label=_("Length"), choices=Subscriber.Mode.choices, required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Readers see it when they ask what we hold about them."),
    )

    def clean_language(self) -> str:
        """A tag, or nothing."""
        typed = str(self.cleaned_data["language"])
        if typed and not language_tag(typed):
            raise forms.ValidationError(_("This is no language tag. Examples: en, fr, pt-BR, fa."))
        return language_tag(typed)


class KnownForm(forms.Form):
    """The attributes and tags of one reader, as staff type them. The values are checked by `audience.defining`."""

    def __init__(self, subscriber: Subscriber, data: Any = None) -> None:
        super().__init__(data, initial={"tags": ", ".join(tag.name for tag in subscriber.tags.all())})
        self.attributes = list(Attribute.objects.all())
        for attribute in self.attributes:
            held = as_typed(subscriber.attributes.get(attribute.key))
            self.fields[f"attribute-{attribute.key}"] = forms.CharField(
                label=attribute.label,
                required=False,
                max_length=2000,
                initial=held,
                help_text=_hint_of(attribute),
            )
        self.fields["tags"] = forms.CharField(
            label=_("Tags"), required=False, max_length=2000, help_text=_("With commas between them. Readers can see them.")
        )

    def typed(self) -> dict[str, str]:
        """By the key of the attribute."""
        return {attribute.key: self.cleaned_data[f"attribute-{attribute.key}"] for attribute in self.attributes}

    def tags(self) -> list[str]:
        """One by one."""
        return [name for each in self.cleaned_data["tags"].split(",") if (name := each.strip())]


def _hint_of(attribute: Attribute) -> str:
    kind = Attribute.Kind
    if attribute.choices:
        offered = ", ".join(attribute.choices)[:300]
        words = str(_("Several with ; between them: %(choices)s")) % {"choices": offered}
        return words if attribute.kind == kind.CHOICES else offered
    hints: dict[str, str] = {
        kind.DATE: "2026-12-01",
        kind.BOOLEAN: str(_("yes or no")),
        kind.COUNTRY: str(_("A name, or FR")),
        kind.LANGUAGE: "fr, pt-BR",
    }
    return hints.get(attribute.kind, "")


class NewReaderForm(ReaderForm):
    """One reader added by hand."""

    lists = ListsField()
    reason = forms.CharField(
        label=_("How did they ask for it?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept as the proof of consent: on paper, by phone on 3 May, at the book fair …"),
    )
    field_order = ("address", "name", "lists", "reason", "language", "mail_format", "mail_mode", "note")

    def offer(self, lists: QuerySet[MailingList]) -> None:
        """Which lists can be chosen."""
        self.fields["lists"].queryset = lists  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """A reader is put on one more list."""

    list = forms.ModelChoiceField(MailingList.objects.none(), label=_("List"), empty_label=None)
    reason = forms.CharField(label=_("How did they ask for it?"), max_length=2000)

    def __init__(self, subscriber: Subscriber, lists: QuerySet[MailingList], data: Any = None) -> None:
        super().__init__(data)
        # One question for what they are on and what they may be put on: the field itself asks again only for what was chosen.
        theirs = FilteredRelation("subscriptions", condition=Q(subscriptions__subscriber=subscriber))
        found = MailingList.objects.annotate(theirs=theirs, known=Exists(lists.filter(pk=OuterRef("pk"))))
        found = found.annotate(state=F("theirs__state"), since=F("theirs__since"), paused=F("theirs__paused_until"))
        found = found.filter(Q(known=True) | Q(theirs__isnull=False)).order_by("name")
        #: The reader's lists, by name, whoever looks.
        self.subscriptions: list[Subscription] = []
        self.others: list[tuple[int, str]] = []
        each: Any
        for each in found:
            if each.state:
                entry = Subscription(subscriber=subscriber, list=each, state=each.state, since=each.since)
                entry.paused_until = each.paused
                self.subscriptions.append(entry)
            if each.known and each.state != Subscription.State.ACTIVE:
                self.others.append((each.pk, each.name))
        self.fields["list"].queryset = lists.filter(pk__in=[pk for pk, _name in self.others])  # type: ignore[attr-defined]
        self.fields["list"].choices = self.others  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """A list."""

    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("Readers see it when they join and leave."))
    description = forms.CharField(label=_("Description"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
    is_public = forms.BooleanField(
        label=_("Offered to everyone"), required=False, help_text=_("Else only staff can put readers on it.")
    )
    opt_in = forms.ChoiceField(
        label=_("Joining needs"),
        choices=MailingList.OptIn.choices,
        help_text=_("Without a confirmation anybody can enter anybody’s address: choose it only where you know your readers."),
    )
    warned = forms.BooleanField(
        label=_("I know: without a confirmation others can sign people up who never asked"),
        required=False,
        help_text=_(
            "Only needed for “the form alone”. The form then says so above its button, and everybody who joins gets a welcome."
        ),
    )


class UploadForm(forms.Form):
    """A file of readers, or their addresses pasted, and where they go."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
        help_text=_(
            "CSV or an Excel workbook (.xlsx). Its first line names the columns; one of them is “email”. "
            "Nobody is added before you have seen a preview."
        ),
    )
    pasted = forms.CharField(
        label=_("Or paste addresses"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea({"rows": 3, "dir": "ltr", "placeholder": "Rosa Marin <rosa@example.org>, leo@example.net"}),
    )
    list = forms.ModelChoiceField(MailingList.objects.all(), label=_("List they join"), empty_label=_("Choose a list"))
    update_known = forms.BooleanField(
        label=_("Update readers who are known"),
        required=False,
        help_text=_("Their names and other data become what the file says. Else they are kept as they are."),
    )

    def offer(self, lists: QuerySet[MailingList]) -> None:
        """Which lists can be chosen."""
        self.fields["list"].queryset = lists  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Not huge."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_UPLOADED:
            raise forms.ValidationError(_("The file is larger than 512 MB. Import it with the command “masthead import”."))
        return file

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        values = super().clean() or {}
        if "file" not in self.errors and bool(values.get("file")) == bool(values.get("pasted")):
            raise forms.ValidationError(_("Choose a file, or paste addresses: one of the two."))
        return values


class MappingForm(forms.Form):
    """What each column of a file holds."""

    _CHOICES = (
        ("email", _("Address")),
        ("name", _("Name")),
        ("first_name", _("First name")),
        ("last_name", _("Last name")),
        ("language", _("Language")),
        ("format", _("Format")),
        ("", _("Merge field")),
        ("-", _("Leave out")),
    )

    def __init__(self, layout: dict[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self._headings = [str(heading) for heading in layout.get("headings", [])]
        self._entries = [str(entry) for entry in layout.get("entries", [])]
        fields = [str(field) for field in layout.get("fields", [])]
        for number, (heading, field) in enumerate(zip(self._headings, fields, strict=False)):
            is_own = field not in dict(self._CHOICES)
            self.fields[f"kind-{number}"] = forms.ChoiceField(
                label=heading or str(number + 1), choices=self._CHOICES, initial="" if is_own else field, required=False
            )
            self.fields[f"own-{number}"] = forms.CharField(
                label=_("Name of the merge field for “%(heading)s”") % {"heading": heading},
                required=False,
                max_length=60,
                initial=field if is_own else merge_field(heading),
                widget=forms.TextInput({"list": "merge-fields", "autocomplete": "off"}),
            )

    def rows(self) -> list[tuple[Any, Any, str]]:
        """For the template: the choice and the name of each column, and what its first row holds."""
        entries = self._entries + [""] * len(self._headings)
        return [(self[f"kind-{number}"], self[f"own-{number}"], entries[number]) for number in range(len(self.fields) // 2)]

    def mapping(self) -> dict[str, str]:
        """As `masthead.audience.imports.columns` takes it, by numbers."""
        values = self.cleaned_data
        return {
            str(number + 1): values[f"kind-{number}"] or values[f"own-{number}"] or "-" for number in range(len(self.fields) // 2)
        }

    def clean(self) -> dict[str, Any]:
        """One column holds the addresses, and no two hold the same."""
        values = super().clean() or {}
        chosen = [value for name, value in values.items() if name.startswith("kind-") and value not in {"", "-"}]
        if "email" not in chosen:
            raise forms.ValidationError(_("Say which column holds the addresses."))
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("Two columns are said to hold the same. Leave one of them out."))
        return values


class StatementForm(forms.Form):
    """Why these people may be written to."""

    statement = forms.CharField(
        label=_("How did these readers agree to get it?"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept with each of them as the proof of consent: where the addresses come from, and what people were told."),
        error_messages={"required": _("Say how these readers agreed. Without it nobody is added.")},
    )
