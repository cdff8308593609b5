"""One POP3 session (RFC 1939, RFC 2449): mails are streamed, so that of a mail of any size only its beginning is ever held."""

from __future__ import annotations

import contextlib
import poplib
import re
import ssl
from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from django.utils.translation import gettext as _

from masthead.bounces.mailboxes.imap import Account, MailboxError, SignInRefused
from masthead.bounces.reading.parts import MOST_BYTES

_SECONDS = 60
#: So much of a line is taken at once; mails have longer ones.
_CHUNK = 8192
#: Answers to a sign-in that say nothing about the password (RFC 2449 §8.1.1, RFC 3206).
_NOT_NOW = re.compile(r"\[(IN-USE|LOGIN-DELAY|SYS/TEMP)\]", re.I)


class PopSession:
    """A connection to one account; mails are called by their number within this session, from 1."""

    def __init__(self, client: poplib.POP3) -> None:
        self._client = client
        self._salt = b""

    def sign_in(self, account: Account) -> None:
        """Raises SignInRefused and MailboxError."""
        try:
            self._client.user(account.user)
            self._client.pass_(account.password)
        except poplib.error_proto as error:
            words = _said(error)
            if _NOT_NOW.search(words):
                raise MailboxError(_("The server signs nobody in now: %(words)s") % {"words": words}) from error
            raise SignInRefused(_("The server refused the user name or the password: %(words)s") % {"words": words}) from error
        self._salt = blake2b(f"{account.user}@{account.host}".encode(), digest_size=16).digest()

    def size(self) -> tuple[int, int]:
        """(how many mails, how many bytes in all)."""
        return self._client.stat()

    def marks(self) -> array[int]:
        """A number for each mail, in their order, by which it is known again in later sessions: eight bytes a mail are held.

        Made of its unique id (UIDL), which a server never gives twice in a mailbox. Raises MailboxError where there are none.
        """
        found = array("q")
        try:
            for line in self._lines("UIDL"):
                number, _space, uid = line.strip().partition(b" ")
                if int(number) != len(found) + 1:
                    raise MailboxError(_("The mailbox was changed by somebody else at the same time."))
                mark = blake2b(uid, key=self._salt, digest_size=8).digest()
                found.append(int.from_bytes(mark, "big", signed=True))
        except poplib.error_proto as error:
            words = _("The server gives mails no lasting numbers (UIDL), so that they cannot be told apart: %(words)s")
            raise MailboxError(words % {"words": _said(error)}) from error
        return found

    def mails(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, int]]:
        """(number, its beginning as far as it is ever read, its size in bytes) of each. What is gone is left out."""
        for number in numbers:
            kept, size = bytearray(), 0
            try:
                for line in self._lines(f"RETR {number}"):
                    size += len(line)
                    if len(kept) < MOST_BYTES:
                        kept += line
            except poplib.error_proto:
                continue
            yield number, bytes(kept[:MOST_BYTES]), size

    def delete(self, numbers: Sequence[int]) -> None:
        """Mark them; they are gone when the session ends well, and only then (RFC 1939 §6)."""
        for number in numbers:
            with contextlib.suppress(poplib.error_proto):  # gone already
                self._client.dele(number)

    def end(self) -> None:
        """Let the server carry out what was marked. Raises MailboxError when it does not say that it did."""
        try:
            self._client.quit()
        except poplib.error_proto as error:
            raise MailboxError(_("The server would not do it: %(words)s") % {"words": _said(error)}) from error

    def _lines(self, command: str) -> Iterator[bytes]:
        """The lines of an answer as they come, long ones in pieces: `poplib` holds all, and fails after 2048 bytes of one."""
        self._client.sock.sendall(command.encode("ascii") + b"\r\n")
        first = self._client.file.readline(_CHUNK)
        if not first:
            raise OSError(_("the server hung up"))
        if not first.startswith(b"+OK"):
            raise poplib.error_proto(first)
        begins = True
        while line := self._client.file.readline(_CHUNK):
            if begins and line.startswith(b"."):
                if line.rstrip(b"\r\n") == b".":
                    return
                line = line[1:]
            begins = line.endswith(b"\n")
            yield line
        raise OSError(_("the server hung up"))


@contextlib.contextmanager
def connected(account: Account) -> Iterator[PopSession]:
    """A session that nobody is signed in on yet. Raises MailboxError, whatever goes wrong with the server inside the block."""
    client: poplib.POP3 | None = None
    try:
        client = _connect(account)
        yield PopSession(client)
    except ssl.SSLCertVerificationError as error:
        words = _("The server's certificate does not hold: %(words)s") % {"words": error.verify_message}
        raise MailboxError(words) from error
    except (OSError, poplib.error_proto) as error:
        raise MailboxError(_("The connection failed: %(words)s") % {"words": _said(error)}) from error
    finally:
        if client is not None:
            with contextlib.suppress(OSError):
                client.close()


@contextlib.contextmanager
def signed_in(account: Account) -> Iterator[PopSession]:
    """A session with `account` signed in. What is marked as deleted stays unless `end` is called."""
    with connected(account) as session:
        session.sign_in(account)
        yield session


def _connect(account: Account) -> poplib.POP3:
    if account.security == "none":
        return poplib.POP3(account.host, account.port, timeout=_SECONDS)
    context = ssl.create_default_context(cafile=account.ca_file or None)
    if account.security == "tls":
        return poplib.POP3_SSL(account.host, account.port, timeout=_SECONDS, context=context)
    client = poplib.POP3(account.host, account.port, timeout=_SECONDS)
    try:
        client.stls(context=context)
    except BaseException:
        client.close()
        raise
    return client


def _said(error: BaseException) -> str:
    """The server's or the system's words, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return " ".join(text.split()).removeprefix("-ERR").strip()[:300]
