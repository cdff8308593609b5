"""Bulk mail: one template per edition, compiled once into constant bytes and slots, then filled per reader in microseconds."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from masthead.common.addresses import Address, BadAddress, domain_to_ascii
from masthead.mail import dkim
from masthead.mail.encoding.attachments import Attachment, attachment_part
from masthead.mail.encoding.base64_lines import Base64Part
from masthead.mail.encoding.flowed import crlf
from masthead.mail.encoding.parts import encoded_part
from masthead.mail.encoding.quoted_printable import QuotedPrintablePart
from masthead.mail.encoding.slots import BadMail, filled, marks_in, split
from masthead.mail.headers import lists, references
from masthead.mail.headers.dates import date_header
from masthead.mail.headers.mailboxes import mailbox, own_address
from masthead.mail.headers.text import unstructured
from masthead.mail.message import Message, fault_of_bytes

__all__ = ["BadMail", "BulkParts", "BulkTemplate"]

_SPECIAL = re.compile("[&<>\"']")
_TOKEN = re.compile(r"[a-z0-9]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BulkParts:
    """What all copies of one issue have in common. Text, not bytes: everything is encoded here.

    `text` is broken and stuffed already as format=flowed asks (RFC 3676): the renderer knows quotes from words.
    Slots are written `{{mark}}` ([a-z0-9_]+) in `subject`, `text` and `html`; `marks` names all that occur. `list_id` is a
    domain-like name ("courier.example.org"), `owner` an address. `archive_url` and `help_url` are https URLs, or empty.
    `feedback_id` is "campaign:list:kind:sender". Domains may be U-labels.
    """

    from_name: str
    from_address: str
    reply_to: str
    subject: str
    text: str
    html: str | None
    list_name: str
    list_id: str
    archive_url: str
    help_url: str
    owner: str
    feedback_id: str
    bounce_domain: str
    message_domain: str
    marks: frozenset[str]
    attachments: tuple[Attachment, ...] = ()
    #: Of `headers.references`: to whom the mail's own Message-ID is told beside.
    providers: tuple[str, ...] = ()


class BulkTemplate:
    """One issue ready to be filled. Immutable: threads and lanes share it."""

    def __init__(self, parts: BulkParts, signer: dkim.Signer | None) -> None:
        _check_marks(parts)
        self._from = mailbox("From", parts.from_name, own_address("From", parts.from_address))
        self._subject = split(parts.subject)
        self._constant_subject = None if self._subject[1] else unstructured("Subject", parts.subject)
        self._list = _list_headers(parts)
        self._bounce_domain = _ascii_domain("The bounce domain", parts.bounce_domain)
        self._message_domain = _ascii_domain("The domain of the Message-ID", parts.message_domain)
        self._text = encoded_part(crlf(parts.text))
        self._html = encoded_part(crlf(parts.html)) if parts.html is not None else None
        self._text_head = _part_head(_PLAIN, self._text)
        self._html_head = _part_head(_HTML, self._html) if self._html is not None else b""
        self._html_marks = sorted(marks_in(parts.html or ""))
        self._references = references.headers(parts.providers)
        self._attached = tuple(attachment_part(each) for each in parts.attachments)
        self._signer = signer
        self._fingerprint = self._of_constants()

    @classmethod
    def compile(cls, parts: BulkParts) -> BulkTemplate:
        """Check and encode everything that is the same for all readers; sign with the install's key if it has one.

        Raises BadMail, dkim.BadKeyError.
        """
        return cls(parts, dkim.configured())

    def fill(
        self,
        *,
        to_name: str,
        to_address: Address,
        date: int,
        message_token: str,
        bounce_token: str,
        unsubscribe_url: str,
        unsubscribe_mailto: str,
        slots: Mapping[str, str],
    ) -> Message:
        """The mail to one reader. The same input gives the same bytes, on any machine (rule 5 of the ledger).

        `date`: seconds since 1970, UTC. `message_token` makes the Message-ID and the MIME boundary, `bounce_token` the
        envelope sender b+TOKEN@bounce-domain; both are lower-case letters and digits. `unsubscribe_mailto` is an address
        without "mailto:". `slots` has a text for every mark; in HTML it is escaped here. Raises BadMail for text that cannot
        stand where its slot is.
        """
        if not _TOKEN.fullmatch(message_token) or not _TOKEN.fullmatch(bounce_token):
            raise BadMail("A token must have 1 to 64 lower-case letters and digits.")
        message_id = f"<{message_token}@{self._message_domain}>"
        try:
            said = [
                mailbox("To", to_name, to_address),
                self._constant_subject or unstructured("Subject", filled(*self._subject, slots)),
                date_header(date),
                f"Message-ID: {message_id}\r\n".encode("ascii"),
                lists.unsubscribe(unsubscribe_url, unsubscribe_mailto),
            ]
            if self._references:
                said.append(self._references.replace("%s", message_id[1:-1]).encode("ascii"))
            # Only what goes into a header unencoded has to be looked at for each reader. The rest is sound as it is made:
            # both encodings give short ASCII lines that never begin with a dot, as do folded headers.
            own = said[0] if self._constant_subject else said[0] + said[1]
            if fault := fault_of_bytes(own, utf8=to_address.needs_smtputf8):
                raise BadMail(fault)
            head = [self._from, *said, self._list]
            body = self._body(message_token, slots, head, said)
        except KeyError as error:
            raise BadMail(f"There is no value for the slot {error.args[0]!r}.") from error
        if self._signer is not None:
            said.append(self._signer.sign(b"".join(head), b"".join(body), date))
            head.insert(0, said[-1])
        return Message(
            f"b+{bounce_token}@{self._bounce_domain}",
            to_address.ascii,
            b"".join([*head, b"\r\n", *body]),
            message_id,
            to_address.needs_smtputf8,
            sound=True,
            # Of what varies alone: a pass over 10 KB would give up the interpreter's lock in every mail, and waiting for it
            # to come back costs more than the hash.
            digest=sha256(self._fingerprint + b"\0".join(said)).digest()[:16],
        )

    def _body(self, token: str, slots: Mapping[str, str], head: list[bytes], said: list[bytes]) -> list[bytes]:
        """The pieces of the body; its Content-Type and what belongs to it are appended to `head`."""
        head.append(b"MIME-Version: 1.0\r\n")
        if not self._attached:
            return self._words(token, slots, head, said)
        boundary = b"=_m" + token.encode("ascii")
        inner: list[bytes] = []
        words = self._words(token, slots, inner, said)
        head.append(b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n')
        out = [b"--", boundary, b"\r\n", *inner, b"\r\n", *words]
        for part in self._attached:
            out += (b"\r\n--", boundary, b"\r\n", part)
        out += (b"\r\n--", boundary, b"--\r\n")
        return out

    def _words(self, token: str, slots: Mapping[str, str], head: list[bytes], said: list[bytes]) -> list[bytes]:
        """The same without attachments."""
        out: list[bytes] = []
        if self._html is None:
            head.append(self._text_head)
            self._text.fill(slots, out, said)
            return out
        # "=_" occurs in neither encoding, so no part can contain the boundary (RFC 2045 §6.7).
        boundary = b"=_" + token.encode("ascii")
        head.append(b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n')
        out += (b"--", boundary, b"\r\n", self._text_head, b"\r\n")
        self._text.fill(slots, out, said)
        out += (b"\r\n--", boundary, b"\r\n", self._html_head, b"\r\n")
        self._html.fill(_escaped(slots, self._html_marks), out, said)
        out += (b"\r\n--", boundary, b"--\r\n")
        return out

    def _of_constants(self) -> bytes:
        """A digest of everything in the mail that is the same for all readers."""
        kinds = [part.name for part in (self._text, self._html) if part is not None]
        parts = [constant for part in (self._text, self._html) if part is not None for constant in part.constants]
        return sha256(b"\0".join([self._from, self._list, *kinds, *parts, *self._attached])).digest()


_PLAIN = b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n"


def _escaped(slots: Mapping[str, str], marks: list[str]) -> Mapping[str, str]:
    """`slots` with those of `marks` fit for HTML: nearly always as they are."""
    if not _SPECIAL.search("".join([slots[mark] for mark in marks])):
        return slots
    return {mark: html.escape(slots[mark]) for mark in marks}


def _part_head(content_type: bytes, part: QuotedPrintablePart | Base64Part) -> bytes:
    return content_type + b"Content-Transfer-Encoding: " + part.name + b"\r\n"


def _list_headers(parts: BulkParts) -> bytes:
    """All headers that are the same for every reader, but From and Subject."""
    lines = [
        lists.identity(
            name=parts.list_name,
            list_id=parts.list_id,
            archive_url=parts.archive_url,
            help_url=parts.help_url,
            owner=parts.owner,
        ),
        lists.feedback_id(parts.feedback_id),
        lists.automatic(),
    ]
    if parts.reply_to:
        lines.insert(0, mailbox("Reply-To", "", own_address("Reply-To", parts.reply_to)))
    return b"".join(lines)


def _ascii_domain(what: str, domain: str) -> str:
    try:
        return domain_to_ascii(domain)
    except BadAddress as error:
        raise BadMail(f"{what}: {error.reason}") from error


def _check_marks(parts: BulkParts) -> None:
    if not parts.text.strip():
        raise BadMail("The text part is empty: every mail needs one.")
    for where, text in (("subject", parts.subject), ("text", parts.text), ("HTML", parts.html or "")):
        if "\0" in text:
            raise BadMail(f"The {where} contains a NUL character.")
        unknown = sorted(marks_in(text) - parts.marks)
        if unknown:
            raise BadMail(f"The {where} has a slot that nobody fills: {{{{{unknown[0]}}}}}.")
