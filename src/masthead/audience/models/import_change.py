"""What an import changed of a reader who was there before."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.import_run import ImportRun
from masthead.audience.models.subscriber import Subscriber


class ImportChange(models.Model):
    """The fields that changed, as they were and as they became, so that an undo can put back what nobody has touched since."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="import_changes")
    #: {"name": "Rosa", "attributes": {"city": null}}; null: there was none.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"import {self.run_id}: reader {self.subscriber_id}"
