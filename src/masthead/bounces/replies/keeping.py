"""Keeping what readers answer, and what staff do with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces.models import RawReport, RepliesGoTo, Reply
from masthead.bounces.replies.letter import Letter
from masthead.bounces.replies.recognising import Addressee, would_come_back
from masthead.common.addresses import BadAddress, normalise
from masthead.issues.models import Publication
from masthead.mail.address_words import why_not


class BadEditorAddress(ValueError):
    """Replies cannot be passed on to this address; the text says why."""


def keep(*, letter: Letter, addressee: Addressee, report: RawReport) -> Reply:
    """A row for `letter`, which waits to be passed on if somebody is named for that."""
    has_editor = RepliesGoTo.objects.filter(publication=addressee.publication).exists()
    return Reply.objects.create(
        report=report,
        publication=addressee.publication,
        campaign=addressee.campaign,
        received_at=report.received_at,
        sender_name=letter.name,
        sender=letter.address,
        subject=letter.subject,
        text=letter.text,
        attachments=letter.attachments,
        state=Reply.State.WAITING if has_editor else Reply.State.KEPT,
    )


@transaction.atomic
def pass_on_to(*, publication: Publication, address: str, by: str, now: datetime) -> None:
    """From now on replies to `publication` are passed on to `address`; empty: they stay at the desk. Raises BadEditorAddress."""
    if address.strip():
        try:
            checked = normalise(address)
        except BadAddress as error:
            raise BadEditorAddress(why_not(error)) from error
        if would_come_back(checked.address, publication):
            words = _("%(address)s is read by Masthead itself: what is passed on there would come back. Name a person's address.")
            raise BadEditorAddress(words % {"address": checked.address})
        values = {"address": checked.address, "changed_at": now, "by": by}
        RepliesGoTo.objects.update_or_create(publication=publication, defaults=values)
    else:
        RepliesGoTo.objects.filter(publication=publication).delete()
    details = {"passed_on": bool(address.strip())}
    record(action="replies.go_to", by=by, now=now, subject=f"publication:{publication.pk}", details=details)


@transaction.atomic
def mark(*, reply: Reply, read: bool, by: str, now: datetime) -> None:
    """Somebody has read it, or wants it to look new again."""
    changed = Reply.objects.filter(pk=reply.pk, read_at__isnull=read)
    if changed.update(read_at=now if read else None, read_by=by if read else ""):
        record(action="reply.read" if read else "reply.unread", by=by, now=now, subject=f"reply:{reply.pk}")
