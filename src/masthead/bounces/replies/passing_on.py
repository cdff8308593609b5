"""Passing replies on to the editor: as text, in our own name, and never so that a loop can begin.

What is passed on carries a header of ours and is marked as automatic (RFC 3834 §5), so that no vacation program answers it; what
comes back with that header is not passed on again. An answer goes to the reader, not to us. And whatever happens, only so many
leave in an hour, and of one sender only so many in a day: a loop that got past all of that starves.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.bounces.models import RepliesGoTo, Reply
from masthead.bounces.replies.letter import OWN_HEADER
from masthead.common.addresses import BadAddress, normalise
from masthead.issues.publications import sender_of
from masthead.issues.rendering import wording
from masthead.mail import single
from masthead.mail.encoding.slots import BadMail
from masthead.mail.headers.mailboxes import own_address

log = logging.getLogger(__name__)

AN_HOUR = 60
A_DAY_OF_ONE_SENDER = 5
KIND = "reply"
State = Reply.State


def pass_on_waiting(*, now: datetime, most: int = 200) -> int:
    """Pass on what waits, oldest first, within the budgets; returns how many. What is above an hour's budget waits."""
    count = 0
    for reply in (
        Reply.objects.filter(state=State.WAITING).select_related("publication", "campaign__edition").order_by("id")[:most]
    ):
        if _sent(now - timedelta(hours=1)).filter(publication=reply.publication).count() >= AN_HOUR:
            continue
        count += _pass_on(reply, now)
    return count


@transaction.atomic
def _pass_on(reply: Reply, now: datetime) -> bool:
    editor = RepliesGoTo.objects.filter(publication=reply.publication).first()
    if editor is None:
        return _settle(reply, now, State.KEPT, "")
    of_sender = _sent(now - timedelta(days=1)).filter(publication=reply.publication, sender__iexact=reply.sender)
    if of_sender.count() >= A_DAY_OF_ONE_SENDER:
        return _settle(reply, now, State.KEPT, _("This sender wrote more often than replies are passed on in a day."))
    if not _settle(reply, now, State.PASSED_ON, ""):
        return False  # another process was first
    try:
        with translation.override(wording.catalogue(reply.publication.language)), transaction.atomic():
            _queue(reply, editor.address, now)
    except (BadAddress, BadMail) as error:
        log.warning("reply %s was not passed on: %s", reply.pk, error)
        Reply.objects.filter(pk=reply.pk).update(state=State.KEPT, passed_on_at=None, note=str(error)[:300])
        return False
    return True


def _settle(reply: Reply, now: datetime, state: str, note: str) -> bool:
    passed_on = state == State.PASSED_ON
    changes = {"state": state, "note": note, "passed_on_at": now if passed_on else None}
    return bool(Reply.objects.filter(pk=reply.pk, state=State.WAITING).update(**changes)) and passed_on


def _queue(reply: Reply, to: str, now: datetime) -> None:
    publication = reply.publication
    try:
        answer_to = own_address("Reply-To", reply.sender).address
    except BadMail:
        answer_to = ""  # the editor sees the address in the text
    single.queue(
        kind=KIND,
        to=normalise(to).address,
        subject=reply.subject or _("(no subject)"),
        text=_text(reply),
        sender=replace(sender_of(publication), reply_to=answer_to),
        now=now,
        headers={OWN_HEADER: f"{publication.slug} {reply.pk}"},
    )


def _text(reply: Reply) -> str:
    who = f"{reply.sender_name} <{reply.sender}>" if reply.sender_name else reply.sender
    lines = [_("%(who)s wrote to %(publication)s:") % {"who": who, "publication": reply.publication.name}]
    if reply.campaign is not None:
        edition = reply.campaign.edition
        lines = [
            _("%(who)s answered No. %(number)s, “%(title)s”:") % {"who": who, "number": edition.label, "title": edition.title}
        ]
    lines += ["", reply.text or _("(The mail has no text.)"), ""]
    if reply.attachments:
        said = ngettext(
            "One attachment is not passed on; it is in the mail as it came, at the desk.",
            "%(n)d attachments are not passed on; they are in the mail as it came, at the desk.",
            reply.attachments,
        )
        lines.append(said % {"n": reply.attachments})
    lines.append(_("Passed on by Masthead. Your answer goes to the reader."))
    return "\n".join(lines)


def _sent(since: datetime) -> QuerySet[Reply]:
    return Reply.objects.filter(state=State.PASSED_ON, passed_on_at__gt=since)
