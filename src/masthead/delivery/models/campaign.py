"""One sending of one edition."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import MailingList
from masthead.issues.models import Edition


class Campaign(models.Model):
    """An edition, an audience, a time, and how far it has come."""

    class State(models.TextChoices):
        """Where it stands; the words are those of the screens."""

        DRAFT = "draft", _("Not scheduled")
        SCHEDULED = "scheduled", _("Scheduled")
        PREPARING = "preparing", _("Preparing the list")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    class Policy(models.TextChoices):
        """What happens to a reader whose mail is uncertain."""

        RESEND = "resend", _("send again: nobody is missed, a few may get it twice")
        HOLD = "hold", _("hold: nobody gets it twice, a few wait for a decision")

    class Reach(models.TextChoices):
        """For whom of its lists it is; a reader who has the issue from another campaign never is."""

        ALL = "all", _("everybody")
        JOINED = "joined", _("those who joined since")
        MISSED = "missed", _("those not reached")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="campaigns")
    lists = models.ManyToManyField(MailingList, related_name="campaigns")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    reach = models.CharField(max_length=6, choices=Reach.choices, default=Reach.ALL)
    mail_mode = models.CharField(max_length=10)
    policy = models.CharField(max_length=6, choices=Policy.choices, default=Policy.RESEND)
    starts_at = models.DateTimeField(null=True)
    #: When the ledger was written.
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: Since when it is paused; the deadline moves by that much when it goes on.
    paused_at = models.DateTimeField(null=True)
    #: When it goes on by itself: set when it paused because no relay could be reached, or for the quiet hours.
    resume_at = models.DateTimeField(null=True)
    #: How long that pause was, in seconds; each one in a row is longer than the one before.
    rested = models.PositiveSmallIntegerField(default=0)
    #: Each reader's mail has links of its own, which lead by way of us, for whatever nobody reads: measuring this machine.
    personal_links = models.BooleanField(default=False)
    #: The links of its mails lead by way of us, alike for all readers: what the publication counted when it started.
    shared_links = models.BooleanField(default=False)
    #: The mails of readers who had agreed when it started have links of their own and a pixel; those of others the shared links.
    tracks_readers = models.BooleanField(default=False)
    #: Of its relays when it started: those providers that need a header to say later which mail an event is about.
    providers = models.JSONField(default=list)
    #: A person had it go on in quiet hours: they count no more for it.
    through_quiet_hours = models.BooleanField(default=False)
    deadline_hours = models.PositiveSmallIntegerField(default=72)
    #: After this a reader who still could not be reached is given up.
    deadline_at = models.DateTimeField(null=True)
    #: How many rows the snapshot wrote: what the sum of all states must be for ever.
    audience = models.PositiveIntegerField(null=True)
    #: The ids of those rows lie between these two, both included.
    first_delivery = models.BigIntegerField(null=True)
    last_delivery = models.BigIntegerField(null=True)
    #: Why it is paused or needs attention, in words; the relay's own where it was the relay.
    attention = models.TextField(blank=True)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_state_display()}"


#: Nothing happens any more to a campaign in one of these.
ENDED = (Campaign.State.FINISHED, Campaign.State.CANCELLED)
