"""One action of staff on many readers, and each reader of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.subscriber import Subscriber


class BulkAction(models.Model):
    """What is done to whom, how far it is, and what became of them; the counts add up to `readers`."""

    class What(models.TextChoices):
        """What is done."""

        JOIN = "join", _("Put on a list")
        LEAVE = "leave", _("Take off a list")
        TAG = "tag", _("Put a tag on")
        UNTAG = "untag", _("Take a tag off")
        SET = "set", _("Fill in an attribute")
        SUPPRESS = "suppress", _("Suppress: no mail at all")
        ERASE = "erase", _("Erase for good")

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting for its turn")
        RUNNING = "running", _("Under way")
        FINISHED = "finished", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    what = models.CharField(max_length=10, choices=What.choices)
    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, null=True, related_name="+")
    #: Of the tag, the attribute or the suppression: {"tag": 4}, {"attribute": "city", "value": "Lyon"}, {"note": "…"}.
    given = models.JSONField(default=dict)
    #: The words of `given` for people, as they were then: the name of the tag, of the attribute and its value.
    called = models.CharField(max_length=600, blank=True)
    #: How these readers agreed, of JOIN.
    statement = models.TextField(blank=True)
    #: Who is meant, until that is written down row by row; then it is emptied, since it may hold an address.
    chosen = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    readers = models.PositiveIntegerField(default=0)
    #: How many readers of each `BulkRow.Result`; a reader who was erased since is still counted.
    counts = models.JSONField(default=dict)
    #: The last row that was dealt with, forwards or when it is taken back: where to go on after an interruption.
    done_to = models.PositiveBigIntegerField(default=0)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    progressed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.readers}"

    @property
    def how(self) -> str:
        """How its consent events came about."""
        return f"bulk action {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in {self.State.WAITING, self.State.RUNNING, self.State.UNDOING}

    @property
    def can_be_undone(self) -> bool:
        """Whether it has come to an end, changed anybody, and what was there before is still known."""
        ended = self.state in {self.State.FINISHED, self.State.CANCELLED}
        return ended and self.what != self.What.ERASE and bool(self.counts.get("done")) and self.rows.exists()


class BulkRow(models.Model):
    """One reader of an action. It goes with the reader."""

    class Result(models.TextChoices):
        """What became of it."""

        OPEN = "", _("waiting")
        DONE = "done", _("changed")
        SAME = "same", _("was so already")
        LEFT = "left", _("has left this list: stays off")
        SUPPRESSED = "suppressed", _("suppressed: not added")
        UNDONE = "undone", _("taken back")
        ACTED = "acted", _("changed since: left as it is")

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="rows")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.OPEN, blank=True)
    #: What was there before, as the kind of action needs it to take this back.
    before = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.action_id}: reader {self.subscriber_id} {self.result}"
