"""One IMAP session: in batches by UID, never more than a few megabytes at once, whatever the mailbox holds."""

from __future__ import annotations

import contextlib
import imaplib
import re
import select
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder as utf7

from masthead.bounces.reading.parts import MOST_BYTES

_SECONDS = 60
#: A server may number a folder of a hundred thousand mails anew before it opens it.
_OPENING_SECONDS = 300
#: A process that ends waits no longer for an answer.
_LAST_SECONDS = 3
#: What one FETCH may bring: so much is held in memory, whatever the mailbox holds.
_BATCH_BYTES = 4 * 2**20
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
#: Answers to a sign-in that say nothing about the password (RFC 5530 §3).
_NOT_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.I)


#: A line of an answer, or a line and the literal after it.
_Part = bytes | tuple[bytes, bytes]


class MailboxError(Exception):
    """It could not be read now; the text says why. Trying again later may help."""


class SignInRefused(MailboxError):
    """The server refused user or password: trying again does not help, and locks accounts."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and who reads it. `security`: "tls", "starttls", "none"."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of the folder. `size` in bytes."""

    uid: int
    size: int


class Session:
    """A signed-in connection with a folder open. Made by `connected` and `signed_in`."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        self._folder = ""
        self._abilities: frozenset[str] = frozenset()

    def sign_in(self, account: Account) -> None:
        """Raises SignInRefused and MailboxError."""
        plain = account.user.isascii() and account.password.isascii()
        login = self._box.login if plain else self._box.login_utf8
        try:
            login(account.user, account.password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            words = _answer(error)
            if _NOT_NOW.search(words):
                raise MailboxError(_("The server signs nobody in now: %(words)s") % {"words": words}) from error
            if "LOGINDISABLED" in self._box.client.capabilities:
                raise SignInRefused(_("The server takes no password without encryption. Choose TLS or STARTTLS.")) from error
            raise SignInRefused(_("The server refused the user name or the password: %(words)s") % {"words": words}) from error
        # Servers tell most of what they can only to whom they know.
        _status, answer = self._box.client.capability()
        self._abilities = frozenset(_said(answer).upper().split())

    def open(self, folder: str) -> tuple[int, int]:
        """Open `folder`; (UIDVALIDITY, how many mails it holds). Raises MailboxError when there is none of that name."""
        wire = self._box.client.socket()
        before = wire.gettimeout()
        wire.settimeout(_OPENING_SECONDS)
        status, answer = self._box.client.select(_quoted(folder))
        wire.settimeout(before)
        if status != "OK":
            words = _said(answer)
            raise MailboxError(_("The folder %(name)s cannot be opened: %(words)s") % {"name": folder, "words": words})
        self._folder = folder
        _name, validity = self._box.client.response("UIDVALIDITY")
        return int(validity[0] or b"0"), int(answer[0] or b"0")

    def has(self, folder: str) -> bool:
        """Whether there is a folder of this name."""
        return bool(self._box.folder.exists(folder))

    def after(self, uid: int, *, most: int) -> tuple[list[Entry], int]:
        """The first `most` mails with a UID above `uid`, and how many there are above it in all.

        By place in the folder, found by halving: a SEARCH would answer with one line of all numbers at once.
        """
        count = self.open(self._folder)[1]
        low, high = 1, count + 1
        while low < high:
            middle = (low + high) // 2
            if self._entries(middle, middle)[0].uid > uid:
                high = middle
            else:
                low = middle + 1
        return (self._entries(low, min(low + most - 1, count)) if low <= count else []), count - low + 1

    @property
    def can_wait(self) -> bool:
        """Whether the server tells of new mail by itself (IDLE, RFC 2177)."""
        return "IDLE" in self._abilities

    def wait(self, *, seconds: float, stopping: Callable[[], bool]) -> bool:
        """Wait at most `seconds` for new mail, or until `stopping`, which is asked once a second; whether any came."""
        wire, idle = self._box.client.socket(), self._box.idle
        idle.start()  # type: ignore[no-untyped-call]  # of a package without them
        came = self._told_with_the_start()
        end = time.monotonic() + seconds
        while not came and not stopping() and time.monotonic() < end:
            lines = idle.poll(timeout=1.0)
            came = _tells_of_mail(lines)
            if not lines and select.select([wire], [], [], 0)[0]:
                break  # readable, and there is nothing: the server hung up, which the next line finds out
        if stopping():
            wire.settimeout(_LAST_SECONDS)
        _end, said_meanwhile = idle.stop()  # type: ignore[no-untyped-call]
        return came or _tells_of_mail(said_meanwhile)

    def _told_with_the_start(self) -> bool:
        """Whether the server told of new mail in one breath with the start.

        Such a line has left the socket together with the one before, and `poll`, which looks at the socket, never sees it.
        """
        wire, lines = self._box.client.socket(), list[bytes]()
        before = wire.gettimeout()
        wire.settimeout(0)
        try:
            while True:
                lines.append(self._box.client._get_line())
        except (OSError, imaplib.IMAP4.abort):
            return _tells_of_mail(lines)  # nothing more has come; without TLS imaplib takes that for the end of the connection
        finally:
            wire.settimeout(before)

    def mails(self, entries: Sequence[Entry]) -> Iterator[list[tuple[Entry, bytes]]]:
        """The bytes of each, at most what is ever read of one, unmarked, as many at a time as are brought by one question.

        What somebody deleted since is left out.
        """
        known = {entry.uid: entry for entry in entries}
        for batch in _batches(entries):
            found = self._fetch(self._box.client.uid("FETCH", _numbers(batch), f"(UID BODY.PEEK[]<0.{MOST_BYTES}>)"))
            brought: list[tuple[Entry, bytes]] = []
            body: bytes | None = None
            for part in found:
                head, body = part if isinstance(part, tuple) else (part, body)
                uid = _UID.search(head)
                if uid is not None and body is not None:
                    if int(uid[1]) in known:
                        brought.append((known[int(uid[1])], body))
                    body = None
            yield brought

    def mark_seen(self, entries: Sequence[Entry]) -> None:
        """Mark them as read."""
        self._done(self._box.client.uid("STORE", _numbers(entries), "+FLAGS.SILENT", r"(\Seen)"))

    def move(self, entries: Sequence[Entry], folder: str) -> None:
        """Move them (RFC 6851), or copy and delete where the server cannot."""
        target = _quoted(folder)
        if "MOVE" in self._abilities:
            self._done(self._box.client.uid("MOVE", _numbers(entries), target))
            return
        self._done(self._box.client.uid("COPY", _numbers(entries), target))
        self.delete(entries)

    def delete(self, entries: Sequence[Entry]) -> None:
        """Delete them; where the server cannot be told which (RFC 4315), with whatever else is marked as deleted."""
        self._done(self._box.client.uid("STORE", _numbers(entries), "+FLAGS.SILENT", r"(\Seen \Deleted)"))
        if "UIDPLUS" in self._abilities:
            self._done(self._box.client.uid("EXPUNGE", _numbers(entries)))
        else:
            self._done(self._box.client.expunge())

    def _entries(self, first: int, last: int) -> list[Entry]:
        found = []
        for part in self._fetch(self._box.client.fetch(f"{first}:{last}", "(UID RFC822.SIZE)")):
            line = part[0] if isinstance(part, tuple) else part
            uid, size = _UID.search(line), _SIZE.search(line)
            if uid and size:
                found.append(Entry(int(uid[1]), int(size[1])))
        if not found:
            raise MailboxError(_("The mailbox was changed by somebody else at the same time."))
        return sorted(found, key=lambda entry: entry.uid)

    def _fetch(self, result: tuple[str, Sequence[_Part | None]]) -> list[_Part]:
        self._done(result)
        return [part for part in result[1] if part is not None]

    def _done(self, result: tuple[str, Sequence[object]]) -> None:
        if result[0] != "OK":
            raise MailboxError(_("The server would not do it: %(words)s") % {"words": _said(result[1])})


@contextlib.contextmanager
def connected(account: Account) -> Iterator[Session]:
    """A session that nobody is signed in on yet. Raises MailboxError, whatever goes wrong with the server inside the block."""
    box: BaseMailBox | None = None
    try:
        box = _connect(account)
        yield Session(box)
    except ssl.SSLCertVerificationError as error:
        words = _("The server's certificate does not hold: %(words)s") % {"words": error.verify_message}
        raise MailboxError(words) from error
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise MailboxError(_("The connection failed: %(words)s") % {"words": _answer(error)}) from error
    finally:
        if box is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                box.logout()
            with contextlib.suppress(OSError):
                box.client.shutdown()


@contextlib.contextmanager
def signed_in(account: Account) -> Iterator[Session]:
    """A session with `account` signed in. Raises SignInRefused and MailboxError."""
    with connected(account) as session:
        session.sign_in(account)
        yield session


def _connect(account: Account) -> BaseMailBox:
    if account.security == "none":
        return MailBoxUnencrypted(account.host, account.port, _SECONDS)
    context = ssl.create_default_context(cafile=account.ca_file or None)
    kind = MailBoxStartTls if account.security == "starttls" else MailBox
    return kind(account.host, account.port, _SECONDS, ssl_context=context)


def _tells_of_mail(lines: Sequence[bytes | None]) -> bool:
    """Whether one of the server's untagged lines says that there are more mails (RFC 3501, 7.3.1 and 7.3.2)."""
    return any(line is not None and (b"EXISTS" in line or b"RECENT" in line) for line in lines)


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        more = min(entry.size, MOST_BYTES)
        if batch and size + more > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += more
    if batch:
        yield batch


def _quoted(folder: str) -> str:
    """In modified UTF-7 (RFC 3501 §5.1.3), in quotes."""
    encoded = utf7(folder)
    return encoded.decode("ascii") if isinstance(encoded, bytes) else str(encoded)


def _numbers(entries: Sequence[Entry]) -> str:
    return ",".join(str(entry.uid) for entry in entries)


def _answer(error: Exception) -> str:
    result = getattr(error, "command_result", None)
    if result is not None:
        return _said(result[1])
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    words = error.args[0] if error.args else type(error).__name__
    return _said([words])


def _said(answer: Sequence[object]) -> str:
    """A server's words, on one line, for people."""
    words = " ".join(each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in answer if each)
    return "".join(char if char.isprintable() else " " for char in words).strip()[:2000] or "?"
