"""What is said, frozen."""

from __future__ import annotations

from django.db import models

from masthead.issues.models.issue import Issue
from masthead.issues.models.publication import Publication


class Edition(models.Model):
    """One immutable version of one issue: everything the web, the mail, the text and the feed show.

    In the mail's parts and the subject, `{{mark}}` stands for a value of one reader; `slots` says which (see
    `masthead.issues.content`). A database trigger refuses UPDATE and DELETE.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="editions")
    version = models.PositiveSmallIntegerField()
    #: A rehearsal in test mode: it holds no number and is never public.
    is_test = models.BooleanField(default=False)
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=40)
    language = models.CharField(max_length=35)
    direction = models.CharField(max_length=3)
    slug = models.SlugField(max_length=120, allow_unicode=True)
    date = models.DateField()
    title = models.TextField()
    byline = models.TextField(blank=True)
    excerpt = models.TextField(blank=True)
    subject = models.TextField()
    preheader = models.TextField(blank=True)
    visibility = models.CharField(max_length=10)
    mail_mode = models.CharField(max_length=10)
    web_html = models.TextField()
    feed_html = models.TextField()
    mail_html_full = models.TextField()
    mail_html_excerpt = models.TextField()
    text_full = models.TextField()
    text_excerpt = models.TextField()
    #: [{"number": 1, "url": "https://…", "text": "…"}], numbered as they appear.
    links = models.JSONField(default=list)
    #: {"f0": {"field": "name", "fallback": "dear reader"}}
    slots = models.JSONField(default=dict)
    #: What page heads and feeds need; its shape is said in `masthead.issues.head`.
    head = models.JSONField(default=dict)
    correction_note = models.TextField(blank=True)
    renderer_version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "is_test", "version"], name="edition_version_once"),
            models.UniqueConstraint(
                fields=["publication", "number", "language", "version"],
                condition=models.Q(is_test=False),
                name="edition_number_once",
            ),
        ]
        ordering = ["-number", "-version"]

    def __str__(self) -> str:
        return f"{self.publication} {self.label}: {self.title}"


class EditionAsset(models.Model):
    """One file an edition shows, kept under its content's SHA-256: the library may change, what was mailed does not."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="assets")
    #: "<sha256>.jpg", answered under /m/.
    name = models.CharField(max_length=80, db_index=True)
    content_type = models.CharField(max_length=100)
    #: In bytes.
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "name"], name="edition_asset_once")]

    def __str__(self) -> str:
        return self.name
