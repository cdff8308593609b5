"""The form of an issue: what stands in which tab, in the order people write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.widgets import AdminAutoHeightTextInput

from masthead.issues.assigning import publications_of
from masthead.issues.models import Publication
from masthead.team.models import User


class IssueForm(WagtailAdminModelForm):
    """Asks for the publication only where there is a choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "publication" not in self.fields:
            return
        if self.instance.pk is not None:
            del self.fields["publication"]  # a number belongs to a publication: an issue stays where it is
            return
        own = publications_of(self.for_user) if isinstance(self.for_user, User) else Publication.objects.none()
        first, *others = own[:2] or [None]
        if first is not None and not others:
            self.instance.publication = first
            del self.fields["publication"]
        elif first is not None:
            self.fields["publication"].queryset = own
            self.fields["publication"].initial = first.pk
            self.fields["publication"].empty_label = None


class BylineRows(BaseChildFormSet):
    """Rows of contributors. One in which nobody is chosen yet is left out: it must not keep the draft from being saved."""

    def _should_delete_form(self, form: forms.ModelForm[Any]) -> bool:
        return not form.data.get(form.add_prefix("contributor")) or bool(super()._should_delete_form(form))


class BylinesPanel(InlinePanel):
    """Where they are added."""

    def get_form_options(self) -> dict[str, Any]:
        """The shell's options, and our rows."""
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = BylineRows
        return options


def _text(rows: int, counter: int | None = None) -> forms.Widget:
    more = {"data-counter": str(counter)} if counter else {}
    widget: forms.Widget = AdminAutoHeightTextInput(attrs={"rows": rows, "dir": "auto", **more})
    return widget


#: What the shell writes on the button of a list of rows. Its Persian has English word order: ours is looked up first.
ADD = gettext_noop("Add %(label)s")

write = ObjectList(
    [
        FieldPanel("publication"),
        FieldPanel("title", classname="title", widget=forms.TextInput(attrs={"placeholder": _("Headline"), "dir": "auto"})),
        BylinesPanel("bylines", heading=_("By"), label=_("contributor"), min_num=0),
        FieldPanel(
            "excerpt",
            widget=_text(3, 600),
            help_text=_("Two or three sentences: the preview line in the mailbox, the teaser in archive, feed and shared links."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("lead_image", heading=_("Picture")),
                FieldPanel("lead_image_alt", heading=_("What it shows, for those who cannot see it")),
                FieldRowPanel([FieldPanel("lead_caption", heading=_("Caption")), FieldPanel("lead_credit", heading=_("Credit"))]),
            ],
            heading=_("Lead picture"),
            classname="collapsed",
        ),
        FieldPanel("body", heading=_("Text")),
        FieldPanel(
            "notes",
            heading=_("Footnotes"),
            help_text=_("Write [^1] in the text where note 1 belongs."),
            classname="collapsed",
        ),
    ],
    heading=_("Write"),
)

mail = ObjectList(
    [
        FieldPanel(
            "subject",
            widget=forms.TextInput(attrs={"data-counter": "78", "dir": "auto"}),
            help_text=_("Empty: the publication's name, the number and the headline."),
        ),
        FieldPanel("preheader", help_text=_("The grey line after the subject in the mailbox. Empty: the excerpt.")),
        FieldPanel("mail_mode"),
    ],
    heading=_("Mail"),
)

web = ObjectList(
    [
        FieldPanel("visibility"),
        FieldPanel("slug", help_text=_("Empty: made from the headline.")),
        FieldRowPanel([FieldPanel("planned_number"), FieldPanel("planned_last_number")], heading=_("Number")),
        FieldPanel("label", help_text=_("Only where the printed number differs: “1970–71”.")),
        FieldPanel("date", help_text=_("Empty: the day it is sent.")),
        FieldPanel("byline_line", help_text=_("A free line in place of the contributors.")),
        FieldRowPanel([FieldPanel("language"), FieldPanel("direction")], heading=_("Language")),
        FieldPanel("correction_note", help_text=_("Only for a corrected version: stands with its date above the text.")),
    ],
    heading=_("Web and details"),
)


def edit_handler() -> TabbedInterface:
    """All of the form."""
    return TabbedInterface([write, mail, web], base_form_class=IssueForm)
