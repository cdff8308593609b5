"""Bulk mail: one template per edition, compiled once into constant bytes and slots, then filled per reader in microseconds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from masthead.common.addresses import Address, BadAddress, domain_to_ascii
from masthead.mail import dkim
from masthead.mail.encoding.attachments import Attachment, attachment_part
from masthead.mail.encoding.flowed import crlf
from masthead.mail.encoding.layout import Layout
from masthead.mail.encoding.parts import Part, encoded_part
from masthead.mail.encoding.slots import BadMail, Columns, TokenColumns, filled, marks_in, split
from masthead.mail.headers import lists, references
from masthead.mail.headers.dates import date_header
from masthead.mail.headers.mailboxes import mailbox, own_address, recipient
from masthead.mail.headers.text import unstructured
from masthead.mail.message import Message, fault_of_bytes

__all__ = ["BadMail", "BulkParts", "BulkTemplate"]

_SPECIAL = re.compile("[&<>\"']")
_OF_TOKENS = b"abcdefghijklmnopqrstuvwxyz0123456789"
#: The slot of the link by which one leaves; its token is also that of List-Unsubscribe.
LEAVING = "unsubscribe_url"


@dataclass(frozen=True, slots=True)
class BulkParts:
    """What all copies of one issue have in common. Text, not bytes: everything is encoded here.

    `text` is broken and stuffed already as format=flowed asks (RFC 3676): the renderer knows quotes from words.
    Slots are written `{{mark}}` ([a-z0-9_]+) in `subject`, `text` and `html`; `marks` names all that occur. Those of
    `before_token` are filled with tokens: what stands there before the token, by mark; `unsubscribe_url` is always one of them,
    with an https URL up to its token. `list_id` is a domain-like name ("courier.example.org"), `owner` an address. `archive_url`
    and `help_url` are https URLs, or empty. `feedback_id` is "campaign:list:kind:sender". Domains may be U-labels.
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
    before_token: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    #: Of `headers.references`: to whom the mail's own Message-ID is told beside.
    providers: tuple[str, ...] = ()


class BulkTemplate:
    """One issue ready to be filled. Immutable: threads and lanes share it."""

    def __init__(self, parts: BulkParts, signer: dkim.Signer | None) -> None:
        _check_marks(parts)
        before = parts.before_token
        self._before_token = before
        self._from = mailbox("From", parts.from_name, own_address("From", parts.from_address))
        self._subject = split(parts.subject)
        self._constant_subject = None if self._subject[1] else unstructured("Subject", parts.subject)
        self._list = _list_headers(parts)
        self._bounce_domain = _ascii_domain("The bounce domain", parts.bounce_domain)
        self._message_domain = _ascii_domain("The domain of the Message-ID", parts.message_domain)
        self._leave = lists.unsubscribe(before[LEAVING] + _SAMPLE, f"unsub+{_SAMPLE}@{self._bounce_domain}")
        self._text = encoded_part(crlf(parts.text), before)
        self._html: Part | None = None
        if parts.html is not None:
            self._html = encoded_part(crlf(parts.html), {mark: html.escape(start) for mark, start in before.items()})
        found = marks_in(parts.subject) | marks_in(parts.text) | marks_in(parts.html or "")
        self._tokens = [mark for mark in before if mark in found or mark == LEAVING]
        self._html_texts = sorted(marks_in(parts.html or "") - set(before))
        self._references = references.headers(parts.providers).encode("ascii")
        self._attached = tuple(attachment_part(each) for each in parts.attachments)
        self._signer = signer
        self._fingerprint = self._of_constants()
        head, body, own = self._pieces()
        self._head, self._body, self._whole = Layout(head, own), Layout(body, own), Layout([*head, b"\r\n", *body], own)

    @classmethod
    def compile(cls, parts: BulkParts) -> BulkTemplate:
        """Check and encode everything that is the same for all readers; sign with the install's key if it has one.

        Raises BadMail, dkim.BadKeyError.
        """
        return cls(parts, dkim.configured())

    def fill(
        self,
        *,
        names: Sequence[str],
        addresses: Sequence[Address],
        dates: Sequence[int],
        message_tokens: Sequence[str],
        bounce_tokens: Sequence[str],
        slots: Columns,
    ) -> list[Message]:
        """The mails to some readers. The same input gives the same bytes, on any machine (rule 5 of the ledger).

        `dates`: seconds since 1970, UTC. A `message_token` makes the Message-ID and the MIME boundary, a `bounce_token` the
        envelope sender b+TOKEN@bounce-domain; tokens are lower-case letters and digits. `slots` has a text for every mark, or a
        token, and always that of `unsubscribe_url`; in HTML it is escaped here. Raises BadMail for text that cannot stand where
        its slot is; then there is no mail at all.
        """
        try:
            tokens = {mark: _checked(slots[mark]) for mark in self._tokens}
            own, said = self._own(names, addresses, dates, _checked(message_tokens), tokens, slots)
        except KeyError as error:
            raise BadMail(f"There is no value for the slot {error.args[0]!r}.") from error
        raws, said = self._put_together(own, said, dates)
        _checked(bounce_tokens)
        bounce, domain, fingerprint = self._bounce_domain, self._message_domain, self._fingerprint
        return [
            Message(
                f"b+{bounce_token}@{bounce}",
                address.ascii,
                raw,
                f"<{message_token}@{domain}>",
                address.needs_smtputf8,
                True,  # sound
                # Of what varies alone: a pass over 10 KB would give up the interpreter's lock in every mail, and waiting for it
                # to come back costs more than the hash.
                sha256(fingerprint + b"\0".join(varies)).digest()[:16],
            )
            for bounce_token, address, raw, message_token, varies in zip(
                bounce_tokens, addresses, raws, message_tokens, said, strict=True
            )
        ]

    def _own(
        self,
        names: Sequence[str],
        addresses: Sequence[Address],
        dates: Sequence[int],
        message_tokens: Sequence[bytes],
        tokens: TokenColumns,
        slots: Columns,
    ) -> tuple[Iterable[tuple[bytes, ...]], Iterable[tuple[bytes, ...]]]:
        """For each mail its own pieces, as `_pieces` numbers them, and those of them that its digest is made of.

        Each is sound as it is made: both encodings give short ASCII lines that never begin with a dot, as do headers.
        """
        domain = self._message_domain.encode("ascii")
        headers = [
            list(map(recipient, names, addresses)),
            [self._constant_subject] * len(names) if self._constant_subject else self._own_subjects(slots),
            list(map(date_header, dates)),
            [b"Message-ID: <%b@%b>\r\n" % (token, domain) for token in message_tokens],
            [self._leave.replace(_SAMPLE_BYTES, token) for token in tokens[LEAVING]],
        ]
        if self._references:
            headers.append([self._references.replace(b"%s", b"%b@%b" % (token, domain)) for token in message_tokens])
        text, said = self._text.fill(slots, tokens)
        page: list[list[bytes]] = []
        if self._html is not None:
            page, html_said = self._html.fill(_escaped(slots, self._html_texts), tokens)
            said = [*said, *html_said]
        return zip(message_tokens, *headers, *text, *page, strict=True), zip(*headers, *said, strict=True)

    def _put_together(
        self, own: Iterable[tuple[bytes, ...]], said: Iterable[tuple[bytes, ...]], dates: Sequence[int]
    ) -> tuple[list[bytes], Iterable[tuple[bytes, ...]]]:
        """The mails, signed if that is to be, and what their digests are made of."""
        if self._signer is None:
            return list(map(self._whole.filled, own)), said
        raws, signed = [], []
        for pieces, varies, date in zip(own, said, dates, strict=True):
            head, body = self._head.filled(pieces), self._body.filled(pieces)
            signature = self._signer.sign(head, body, date)
            raws.append(signature + head + b"\r\n" + body)
            signed.append((*varies, signature))
        return raws, signed

    def _own_subjects(self, slots: Columns) -> list[bytes]:
        constants, marks = self._subject
        lines = []
        for values in zip(*(slots[mark] for mark in marks), strict=True):
            texts = {mark: self._before_token.get(mark, "") + value for mark, value in zip(marks, values, strict=True)}
            lines.append(unstructured("Subject", filled(constants, marks, texts)))
            if fault := fault_of_bytes(lines[-1], utf8=False):
                raise BadMail(fault)
        return lines

    def _pieces(self) -> tuple[list[bytes | int], list[bytes | int], int]:
        """The head and the body in their order, with numbers for what `_own` lists, and how many those are."""
        first = 7 if self._references else 6
        head: list[bytes | int] = [self._from, *range(1, first), self._list, b"MIME-Version: 1.0\r\n"]
        said: list[bytes | int] = [_part_head(_PLAIN, self._text)]
        body, own = self._text.pieces(first), first + self._text.own
        if self._html is not None:
            page = [_part_head(_HTML, self._html), b"\r\n", *self._html.pieces(own)]
            own += self._html.own
            # "=_" occurs in neither encoding, so no part can contain the boundary (RFC 2045 §6.7).
            said, body = _multipart(b"alternative", b"=_", [[*said, b"\r\n", *body], page])
        if self._attached:
            files: list[list[bytes | int]] = [[each] for each in self._attached]
            said, body = _multipart(b"mixed", b"=_m", [[*said, b"\r\n", *body], *files])
        return [*head, *said], body, own

    def _of_constants(self) -> bytes:
        """A digest of everything in the mail that is the same for all readers."""
        kinds = [part.name for part in (self._text, self._html) if part is not None]
        parts = [constant for part in (self._text, self._html) if part is not None for constant in part.constants]
        return sha256(b"\0".join([self._from, self._list, *kinds, *parts, *self._attached])).digest()


_PLAIN = b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n"


#: The first of a mail's own pieces is the token of its Message-ID.
_TOKEN = 0
#: Stands for a token where headers are made once for all mails.
_SAMPLE = "zzzz0tokenzzzz"
_SAMPLE_BYTES = _SAMPLE.encode("ascii")


def _checked(tokens: Sequence[str]) -> list[bytes]:
    found = " ".join(tokens).encode().split(b" ")
    lengths = list(map(len, found))
    if len(found) != len(tokens) or min(lengths) < 1 or max(lengths) > 64 or b"".join(found).translate(None, _OF_TOKENS):
        raise BadMail("A token must have 1 to 64 lower-case letters and digits.")
    return found


def _multipart(kind: bytes, start: bytes, parts: Iterable[list[bytes | int]]) -> tuple[list[bytes | int], list[bytes | int]]:
    """The Content-Type and the body of a multipart whose boundary is `start` and the token of the Message-ID."""
    body: list[bytes | int] = []
    for part in parts:
        body += (b"\r\n--" if body else b"--", start, _TOKEN, b"\r\n", *part)
    body += (b"\r\n--", start, _TOKEN, b"--\r\n")
    return [b"Content-Type: multipart/" + kind + b'; boundary="' + start, _TOKEN, b'"\r\n'], body


def _escaped(slots: Columns, marks: list[str]) -> Columns:
    """`slots` with those of `marks`, which are texts, fit for HTML: nearly always as they are."""
    special = [mark for mark in marks if _SPECIAL.search("".join(slots[mark]))]
    return {**slots, **{mark: [html.escape(value) for value in slots[mark]] for mark in special}} if special else slots


def _part_head(content_type: bytes, part: Part) -> bytes:
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
