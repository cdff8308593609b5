"""Test mails: an issue as it is now, to staff, marked as a test, without taking a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from masthead.audit.recording import record
from masthead.common.addresses import mask, normalise
from masthead.delivery.composing import copy_of_text
from masthead.delivery.rendering import MODES, Reader, Renderer
from masthead.issues import freezing
from masthead.issues.models import Issue
from masthead.issues.rendering.edition import render
from masthead.mail import single
from masthead.mail.models import SingleMail
from masthead.mail.sealing import unique

#: The delivery that the links of a test name: nobody's. Such a page says that the link came from a test.
NOBODY = 0


def send_test(
    *,
    issue: Issue,
    to: Sequence[str],
    by: str,
    now: datetime,
    mail_mode: str | None = None,
    mail_format: str = "html",
    name: str = "",
    to_staff: bool = True,
) -> list[SingleMail]:
    """Queue the mail of `issue` to each address of `to`, the very bytes a reader would get but for [TEST] and the links.

    `mail_mode` is "full" or "excerpt"; None is what the issue says. `name` stands for the reader's. The caller has made sure
    that the addresses are those of staff; with `to_staff` false a publication in test mode writes to the built-in inbox alone.

    Raises BadAddress, BadMail, and CannotRender for a draft that cannot be shown.
    """
    content = freezing.preview(issue, now=now)
    publication = issue.publication
    mode = mail_mode or issue.mode
    copy = copy_of_text(
        render(content),
        publication=publication,
        number=content.number,
        mail_mode=mode if mode in MODES else publication.mail_mode,
        list_name=publication.name,
        list_slug=publication.slug,
        reference="test",
        is_test=True,
    )
    renderer = Renderer(copy)
    queued = []
    with transaction.atomic():
        for text in to:
            reader = Reader(normalise(text).address, name=name, mail_format=mail_format)
            message = renderer.render(reader, delivery_id=NOBODY, date=int(now.timestamp()), message_token=unique())
            inbox_only = not publication.is_live and not to_staff
            queued.append(single.queue_message(kind="test", message=message, now=now, inbox_only=inbox_only))
        details = {"to": [mask(text.strip()) for text in to]}
        record(action="issue.tested", by=by, now=now, subject=f"issue:{issue.pk}", details=details)
    return queued
