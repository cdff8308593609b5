"""One number of a bulletin, as the editors work on it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from masthead.issues.models.publication import Publication
from masthead.issues.stream import BodyBlock, NotesBlock


class Issue(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A draft until its first Edition. Nothing below the desk reads Wagtail's state: what is public is an Edition."""

    #: What verbs decide, not what editors write: no revision holds it, or a revert would bring it back.
    KEPT: ClassVar[tuple[str, ...]] = ("number", "ready_digest", "ready_by", "ready_at", "public_from", "created_at")
    #: What lists and searches of issues show; nothing public is read from it.
    LISTED: ClassVar[tuple[str, ...]] = ("title", "label", "planned_number", "date", "byline_line")

    class Visibility(models.TextChoices):
        """Who may read it on the web."""

        PUBLIC = "public", _("everyone")
        READERS = "readers", _("readers who signed in")
        UNLISTED = "unlisted", _("whoever has the link")
        MAIL_ONLY = "mail_only", _("nobody: mail only")

    class MailMode(models.TextChoices):
        """How much of it the mail holds."""

        PUBLICATION = "", _("as the publication decides")
        FULL = "full", _("the full issue")
        EXCERPT = "excerpt", _("an excerpt with “Continue reading”")
        READER = "reader", _("what each reader chose")

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="issues", verbose_name=_("publication"))
    #: Never published in Wagtail's sense, so the row always follows the newest draft.
    live = models.BooleanField(default=False, editable=False)
    #: Taken when it is frozen, never changed. Until then `planned_number` or the publication's next.
    number = models.PositiveIntegerField(null=True, editable=False)
    planned_number = models.PositiveIntegerField(_("planned number"), null=True, blank=True, validators=[MinValueValidator(1)])
    #: A double issue takes all numbers from the first to this one.
    planned_last_number = models.PositiveIntegerField(
        _("last number of a double issue"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    #: As printed: "1970", "1970–71". Empty: the number in the digits of the language.
    label = models.CharField(_("number as printed"), max_length=40, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    title = models.CharField(_("headline"), max_length=300, blank=True)
    slug = models.SlugField(_("short name in the address"), max_length=120, blank=True, allow_unicode=True)
    #: Instead of the contributors, where a free line says it better.
    byline_line = models.CharField(_("free byline"), max_length=250, blank=True)
    excerpt = models.TextField(_("excerpt"), max_length=600, blank=True)
    lead_image = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lead picture")
    )
    lead_image_alt = models.CharField(_("what the lead picture shows"), max_length=250, blank=True)
    lead_caption = models.CharField(_("caption of the lead picture"), max_length=300, blank=True)
    lead_credit = models.CharField(_("credit of the lead picture"), max_length=150, blank=True)
    body = StreamField(BodyBlock(), blank=True, use_json_field=True, verbose_name=_("text"))
    #: What `[^key]` in the text points to.
    notes = StreamField(NotesBlock(), blank=True, use_json_field=True, verbose_name=_("footnotes"))
    #: Shown with its date above the text of a corrected version.
    correction_note = models.TextField(_("what was corrected"), max_length=600, blank=True)
    subject = models.CharField(_("subject of the mail"), max_length=250, blank=True)
    preheader = models.CharField(_("preview line of the mail"), max_length=250, blank=True)
    mail_mode = models.CharField(
        _("the mail holds"), max_length=10, choices=MailMode.choices, default=MailMode.PUBLICATION, blank=True
    )
    visibility = models.CharField(
        _("who may read it on the web"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    #: BCP 47; empty: the publication's.
    language = models.CharField(_("language"), max_length=35, blank=True)
    direction = models.CharField(
        _("direction"),
        max_length=3,
        blank=True,
        choices=[("", _("as the language is written")), ("ltr", _("left to right")), ("rtl", _("right to left"))],
    )
    #: A translation shares the number of its original.
    translation_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    ready_digest = models.CharField(max_length=64, blank=True, editable=False)
    ready_by = models.CharField(max_length=100, blank=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)
    public_from = models.DateTimeField(null=True, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = [models.F("number").desc(nulls_first=True), "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number", "language"], name="issue_number_once", condition=models.Q(number__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled issue"))

    def save(self, **kwargs: Any) -> None:
        """Save what editors write. What is KEPT is written by name only (`update_fields`).

        A form saved after somebody else froze the issue would otherwise write back the empty number it was opened with.
        """
        if self.pk is not None and not self._state.adding and kwargs.get("update_fields") is None:
            kept = {*self.KEPT, "id"}
            kwargs["update_fields"] = [
                *(field.name for field in self._meta.concrete_fields if field.name not in kept),
                *(relation.get_accessor_name() for relation in get_all_child_relations(self)),
            ]
        super().save(**kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """A new draft. What is LISTED is written to the row, too: a draft alone would leave it there as it was."""
        revision = super().save_revision(*args, **kwargs)
        listed = {name: getattr(self, name) for name in self.LISTED}
        Issue.objects.filter(pk=self.pk).update(**listed)
        Issue.objects.filter(pk=self.pk, number=None).update(language=self.language)
        return revision

    def with_content_json(self, content: dict[str, Any]) -> Issue:
        """The issue as a revision has it, but for what is KEPT."""
        found: Issue = super().with_content_json(content)
        for name in self.KEPT:
            setattr(found, name, getattr(self, name))
        return found

    @property
    def preview_modes(self) -> list[tuple[str, str | Promise]]:
        """What the editor can look at; `web.admin` shows each by the renderer that freezes."""
        return [
            ("mail", _("Mail")),
            ("mail_dark", _("Mail, dark")),
            ("mail_bare", _("Mail, pictures off")),
            ("mail_excerpt", _("Mail, excerpt")),
            ("web", _("Page")),
            ("teaser", _("Teaser and shared link")),
            ("text", _("Plain text")),
            ("feed", _("Feed")),
        ]

    @property
    def language_code(self) -> str:
        """Its language, or the publication's."""
        return self.language or self.publication.language

    @property
    def mode(self) -> str:
        """How much of it a mail holds: its own choice, or the publication's. "full", "excerpt" or "reader"."""
        return self.mail_mode or self.publication.mail_mode
