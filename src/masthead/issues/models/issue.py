"""One number of a bulletin, as the editors work on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from masthead.issues.models.publication import Publication
from masthead.issues.stream import BodyBlock


class Issue(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A draft until its first Edition. Nothing below the desk reads Wagtail's state: what is public is an Edition."""

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
    #: Taken when it is frozen, never changed. Until then `planned_number` or the publication's next.
    number = models.PositiveIntegerField(null=True, editable=False)
    planned_number = models.PositiveIntegerField(_("planned number"), null=True, blank=True)
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
    body = StreamField(BodyBlock(), blank=True, use_json_field=True, verbose_name=_("text"))
    #: [{"key": "1", "html": "<p>…</p>"}]: what `[^1]` in the text points to.
    notes = models.JSONField(_("notes"), default=list, blank=True)
    subject = models.CharField(_("subject of the mail"), max_length=250, blank=True)
    preheader = models.CharField(_("preview line of the mail"), max_length=250, blank=True)
    mail_mode = models.CharField(
        _("the mail holds"), max_length=10, choices=MailMode.choices, default=MailMode.PUBLICATION, blank=True
    )
    visibility = models.CharField(
        _("who may read it on the web"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    language = models.CharField(_("language"), max_length=35, blank=True)
    direction = models.CharField(_("direction"), max_length=3, blank=True)
    translation_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="translations")
    ready_digest = models.CharField(max_length=64, blank=True, editable=False)
    ready_by = models.CharField(max_length=100, blank=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)
    public_from = models.DateTimeField(null=True, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number", "language"], name="issue_number_once", condition=models.Q(number__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled issue"))
