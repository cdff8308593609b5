"""The numbers of the suppression policy that a person may change."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.bounces.rules import HARD


class Policy(models.Model):
    """One row, or none: then the defaults hold."""

    #: Dead addresses told by words alone need so many bounces …
    repeats = models.PositiveSmallIntegerField(
        default=2,
        validators=[MinValueValidator(2), MaxValueValidator(10)],
        verbose_name=_("campaigns that must call an address dead when the code is not sure"),
    )
    #: … of different campaigns, so many hours apart.
    repeat_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(720)], verbose_name=_("hours between these bounces")
    )
    #: The mass guard: a campaign that would suppress more than this share …
    guard_percent = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("mass guard: hold all above so many percent of an issue"),
    )
    #: … and at least so many readers, suppresses nobody until a person decides.
    guard_least = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1)], verbose_name=_("mass guard: but only from so many readers on")
    )
    #: Enhanced codes that suppress at once when the words agree and it is certain whose mail it was. None: never at once.
    hard = models.CharField(
        max_length=200,
        blank=True,
        default=" ".join(sorted(HARD)),
        validators=[RegexValidator(r"^(5\.\d{1,2}\.\d{1,3}( |$))*\Z", _("Codes such as 5.1.1, with blanks between them."))],
        verbose_name=_("codes that are enough at once, with agreeing words"),
    )
    #: Refusals of one campaign by one receiving domain that are ours to mend: from so many on there is an alarm …
    alarm_least = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)], verbose_name=_("alarm: refusals of one domain that are ours to mend")
    )
    #: … and the campaign stops when they are so many percent of what was answered, and at least so many.
    pause_percent = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("stop: percent of the answers that are such refusals"),
    )
    pause_least = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1)], verbose_name=_("stop: but only from so many such refusals on")
    )
    #: Complaints in 10,000 accepted mails, of one domain or of all: the receivers' own limits are 10 and 30.
    complaint_alarm = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        verbose_name=_("alarm: complaints in 10,000 accepted mails"),
    )
    complaint_pause = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        verbose_name=_("stop: complaints in 10,000 accepted mails"),
    )
    complaint_least = models.PositiveIntegerField(
        default=1000, validators=[MinValueValidator(100)], verbose_name=_("complaints count from so many accepted mails on")
    )
    #: Names of shipped rules that are turned off.
    off = models.JSONField(default=list, blank=True)
    changed_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.repeats} × {self.repeat_hours} h, {self.guard_percent} %"
