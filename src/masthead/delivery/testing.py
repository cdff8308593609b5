"""Test mails: an issue as it is now, to staff, marked as a test, without taking a number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from masthead.audience.models import Subscriber
from masthead.audit.recording import record
from masthead.common.addresses import mask, normalise
from masthead.delivery.composing import copy_of_text
from masthead.delivery.rendering import MODES, Reader, Renderer
from masthead.issues import freezing, readiness
from masthead.issues.models import Issue
from masthead.issues.rendering.edition import render
from masthead.mail import single
from masthead.mail.message import Message
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
    like: Subscriber | None = None,
    to_staff: bool = True,
) -> list[SingleMail]:
    """Queue the mail of `issue` to each address of `to`, the very bytes a reader would get but for [TEST] and the links.

    `mail_mode` is "full" or "excerpt"; None is what the issue says. `name` stands for the reader's. With `like` all values of
    the mail, its length and its format are those of that reader. The caller has made sure that the addresses are those of
    staff; with `to_staff` false a publication in test mode writes to the built-in inbox alone.

    Raises BadAddress, BadMail, and CannotRender for a draft that cannot be shown.
    """
    publication = issue.publication
    renderer = _renderer(issue, now, mail_mode, keep_choice=like is not None)
    queued = []
    with transaction.atomic():
        for text in to:
            address = normalise(text).address
            reader = reader_of(like)._replace(address=address) if like else Reader(address, name=name, mail_format=mail_format)
            message = renderer.render(reader, delivery_id=NOBODY, date=int(now.timestamp()), message_token=unique())
            inbox_only = not publication.is_live and not to_staff
            queued.append(single.queue_message(kind="test", message=message, now=now, inbox_only=inbox_only))
        details: dict[str, object] = {"to": [mask(text.strip()) for text in to]}
        # Which text it was, so that the desk can say whether the tested one is the one that is sent.
        details["text"] = readiness.fingerprint(issue, now=now)
        if like:
            details["like"] = f"subscriber:{like.pk}"
        record(action="issue.tested", by=by, now=now, subject=f"issue:{issue.pk}", details=details)
    return queued


def mail_like(
    *, issue: Issue, subscriber: Subscriber, now: datetime, mail_mode: str | None = None, mail_format: str | None = None
) -> Message:
    """The mail that `subscriber` would get of `issue` as this object has it; nothing is sent. Its links are a test's.

    `mail_mode` ("full", "excerpt") and `mail_format` ("html", "text") override what the reader chose. Raises as `send_test`.
    """
    reader = reader_of(subscriber)
    if mail_format:
        reader = reader._replace(mail_format=mail_format)
    renderer = _renderer(issue, now, mail_mode, keep_choice=True)
    return renderer.render(reader, delivery_id=NOBODY, date=int(now.timestamp()), message_token=unique())


def reader_of(subscriber: Subscriber) -> Reader:
    """What a mail may say of `subscriber`."""
    return Reader(
        subscriber.address,
        subscriber.name,
        subscriber.language,
        subscriber.mail_format,
        subscriber.mail_mode,
        json.dumps(subscriber.attributes or {}),
    )


def _renderer(issue: Issue, now: datetime, mail_mode: str | None, *, keep_choice: bool) -> Renderer:
    """With `keep_choice` the reader's own choice of length counts where the issue leaves it to them."""
    content = freezing.preview(issue, now=now)
    publication = issue.publication
    mode = mail_mode or issue.mode
    copy = copy_of_text(
        render(content),
        publication=publication,
        number=content.number,
        mail_mode=mode if mode in MODES or keep_choice else publication.mail_mode,
        list_name=publication.name,
        list_slug=publication.slug,
        reference="test",
        is_test=True,
    )
    return Renderer(copy)
