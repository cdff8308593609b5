"""Decides which mailboxes are looked into: tried in plain words before they are kept."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces.mailboxes import pop3
from masthead.bounces.mailboxes.imap import Account, MailboxError, connected
from masthead.bounces.models import Mailbox
from masthead.common.hosts import is_ip, is_this_machine
from masthead.mail.passwords import open_password, seal_password
from masthead.mail.transports.base import Step


class BadMailbox(ValueError):
    """The configuration cannot work; the text says why."""


def draft(
    *,
    existing: Mailbox | None = None,
    name: str = "",
    protocol: str = Mailbox.Protocol.IMAP,
    host: str,
    port: int,
    security: str,
    user: str,
    password: str = "",
    folder: str = "INBOX",
    after: str = Mailbox.After.SEEN,
    move_to: str = "",
    in_use: bool = True,
) -> Mailbox:
    """An unsaved row with these values, to be tried or kept. An empty password means the one kept for this server and user.

    Raises BadMailbox.
    """
    host, user, folder, move_to = host.strip().strip("[]"), user.strip(), folder.strip() or "INBOX", move_to.strip()
    name = name.strip() or f"{user} · {host}"[:100]
    if not host or (any(char.isspace() or char in "/@:" for char in host) and not is_ip(host)):
        raise BadMailbox(_("The server must be a name such as imap.example.org, without a port or an address in front."))
    if not 0 < port < 65536:
        raise BadMailbox(_("The port must be between 1 and 65535; often it is 993 or 143, for POP3 995 or 110."))
    if protocol not in Mailbox.Protocol.values:
        raise BadMailbox(_("Choose IMAP or POP3."))
    if security not in Mailbox.Security.values or after not in Mailbox.After.values:
        raise BadMailbox(_("Choose how the connection is protected, and what becomes of a mail."))
    if security == Mailbox.Security.NONE and not is_this_machine(host):
        raise BadMailbox(_("Without encryption only a server on this machine can be read: others on the way could read along."))
    if not user:
        raise BadMailbox(_("Say with which user name to sign in."))
    if not (user + password + folder + move_to).isprintable():
        raise BadMailbox(_("Names and passwords cannot contain invisible characters such as line breaks."))
    if protocol == Mailbox.Protocol.POP3 and (after == Mailbox.After.MOVE or folder.upper() != "INBOX"):
        raise BadMailbox(_("POP3 knows no folders: leave the folder INBOX, and let mails stay or be deleted, or choose IMAP."))
    if after == Mailbox.After.MOVE and (not move_to or move_to == folder):
        raise BadMailbox(_("Name the folder to move to, another one than that which is read."))
    other = Mailbox.objects.filter(name=name).first()
    if other is not None and (existing is None or other.pk != existing.pk):
        raise BadMailbox(_("There is a mailbox named “%(name)s” already.") % {"name": name})
    # A password belongs to a server: it must not be sent to another one because somebody changed the host.
    same = existing is not None and (existing.user, existing.host) == (user, host)
    sealed = seal_password(password) if password else bytes(existing.password_sealed) if existing and same else b""
    if not sealed:
        raise BadMailbox(_("Type the password."))
    row = Mailbox(pk=existing.pk if existing else None, name=name, host=host, port=port, security=security, user=user)
    row.protocol = protocol
    row.password_sealed, row.folder, row.after, row.move_to, row.in_use = sealed, folder, after, move_to, in_use
    if existing is not None:
        row.taken = existing.taken
        if same and existing.folder == folder:
            row.uid_validity, row.last_uid, row.listed = existing.uid_validity, existing.last_uid, existing.listed
    return row


def account_of(mailbox: Mailbox) -> Account:
    """How to reach it, its password opened. Raises passwords.SealedUnderAnotherKeyError."""
    password = open_password(bytes(mailbox.password_sealed))
    return Account(mailbox.host, mailbox.port, mailbox.security, mailbox.user, password, settings.IMAP_CA_FILE)


def probe(mailbox: Mailbox) -> list[Step]:
    """Connect, sign in and look at the folders, each step in plain words, until one fails. Nothing in the mailbox is changed."""
    if mailbox.protocol == Mailbox.Protocol.POP3:
        return _probe_pop3(mailbox)
    account = account_of(mailbox)
    steps: list[Step] = []
    names = iter(("connect", "sign-in", "folder", "move"))
    name = next(names)
    try:
        with connected(account) as session:
            steps.append(_reached(mailbox))
            name = next(names)
            session.sign_in(account)
            steps.append(Step(name, ok=True, text=_("Signed in as %(user)s.") % {"user": account.user}))
            name = next(names)
            count = session.open(mailbox.folder)[1]
            words = _("%(folder)s holds %(count)s mails.") % {"folder": mailbox.folder, "count": count}
            steps.append(Step(name, ok=True, text=words))
            if mailbox.after == Mailbox.After.MOVE:
                name = next(names)
                there = session.has(mailbox.move_to)
                words = _("%(folder)s is there.") if there else _("There is no folder %(folder)s: make it, or name another.")
                steps.append(Step(name, ok=there, text=words % {"folder": mailbox.move_to}))
    except MailboxError as error:
        steps.append(Step(name, ok=False, text=str(error)))
    return steps


def _probe_pop3(mailbox: Mailbox) -> list[Step]:
    account = account_of(mailbox)
    steps: list[Step] = []
    name = "connect"
    try:
        with pop3.connected(account) as session:
            steps.append(_reached(mailbox))
            name = "sign-in"
            session.sign_in(account)
            steps.append(Step(name, ok=True, text=_("Signed in as %(user)s.") % {"user": account.user}))
            name = "folder"
            words = _("The mailbox holds %(count)s mails, each with a lasting number.")
            steps.append(Step(name, ok=True, text=words % {"count": len(session.marks())}))
    except MailboxError as error:
        steps.append(Step(name, ok=False, text=str(error)))
    return steps


def _reached(mailbox: Mailbox) -> Step:
    words = _("Connected without encryption, on this machine.")
    if mailbox.security != Mailbox.Security.NONE:
        words = _("Connected and encrypted; the certificate holds.")
    return Step("connect", ok=True, text=words)


@transaction.atomic
def keep(*, mailbox: Mailbox, by: str, now: datetime) -> Mailbox:
    """Keep `mailbox` (from `draft`). It is looked into at once: what was refused before is forgotten."""
    mailbox.save()
    details = {
        name: getattr(mailbox, name) for name in ("name", "protocol", "host", "port", "security", "folder", "after", "in_use")
    }
    record(action="mailbox.kept", by=by, now=now, subject=f"mailbox:{mailbox.pk}", details=details)
    return mailbox


@transaction.atomic
def remove(*, mailbox: Mailbox, by: str, now: datetime) -> None:
    """Forget the mailbox and its password. What was taken out of it stays."""
    record(action="mailbox.removed", by=by, now=now, subject=f"mailbox:{mailbox.pk}", details={"name": mailbox.name})
    mailbox.delete()
