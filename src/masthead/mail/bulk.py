"""Bulk mail: one template per edition, compiled once into constant bytes and slots, then filled per reader in microseconds."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, repeat

from masthead.common.addresses import BadAddress, domain_to_ascii
from masthead.mail import dkim
from masthead.mail.encoding.attachments import Attachment, attachment_part
from masthead.mail.encoding.flowed import crlf
from masthead.mail.encoding.layout import Layout
from masthead.mail.encoding.parts import Part, encoded_part
from masthead.mail.encoding.slots import BadMail, Batch, filled, framed, marks_in, split
from masthead.mail.headers import lists, references
from masthead.mail.headers.dates import date_header
from masthead.mail.headers.mailboxes import mailbox, own_address, recipients
from masthead.mail.headers.text import unstructured
from masthead.mail.message import Message, fault_of_bytes

__all__ = ["BadMail", "BulkParts", "BulkTemplate"]

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
        self._from = mailbox("From", parts.from_name, own_address("From", parts.from_address).ascii)
        self._subject = split(parts.subject)
        self._constant_subject = None if self._subject[1] else unstructured("Subject", parts.subject)
        self._list = _list_headers(parts)
        self._bounce_domain = _ascii_domain("The bounce domain", parts.bounce_domain)
        self._message_domain = _ascii_domain("The domain of the Message-ID", parts.message_domain)
        leave = lists.unsubscribe(before[LEAVING] + _SAMPLE, f"unsub+{_SAMPLE}@{self._bounce_domain}")
        self._leave = leave.split(_SAMPLE.encode("ascii"))
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
        addresses: Sequence[str],
        dates: Sequence[int],
        message_tokens: Sequence[bytes],
        bounce_tokens: Sequence[bytes],
        tokens: Mapping[str, Sequence[bytes]],
        texts: Mapping[str, Sequence[str]],
    ) -> list[Message]:
        """The mails to some readers. The same input gives the same bytes, on any machine (rule 5 of the ledger).

        `addresses` in their wire form (`Address.ascii`). `dates`: seconds since 1970, UTC. A `message_token` makes the Message-ID
        and the MIME boundary, a `bounce_token` the envelope sender b+TOKEN@bounce-domain. What stands in the slots: `tokens`,
        which are lower-case letters and digits, for the marks of `before_token`, always those of `unsubscribe_url`; `texts` for
        all others, which are escaped here for HTML. Raises BadMail for text that cannot stand where its slot is; then there is
        no mail at all.
        """
        try:
            batch = Batch(len(names), texts, {mark: tokens[mark] for mark in self._tokens})
            _check_tokens([message_tokens, bounce_tokens, *batch.tokens.values()])
            own, said = self._own(names, addresses, dates, message_tokens, batch)
        except KeyError as error:
            raise BadMail(f"There is no value for the slot {error.args[0]!r}.") from error
        raws, varying = self._put_together(own, said, dates)
        columns = zip(
            _decoded(framed(b"b+", bounce_tokens, b"@" + self._bounce_domain.encode("ascii"))),
            addresses,
            raws,
            _decoded(framed(b"<", message_tokens, b"@" + self._message_domain.encode("ascii") + b">")),
            [not address.isascii() for address in addresses],
            [True] * len(names),  # sound
            self._digests(varying),
            strict=True,
        )
        # As Message._make does, but without a function of Python's for each: half the time.
        return list(map(tuple.__new__, repeat(Message), columns))

    def _own(
        self,
        names: Sequence[str],
        addresses: Sequence[str],
        dates: Sequence[int],
        message_tokens: Sequence[bytes],
        batch: Batch,
    ) -> tuple[list[Sequence[bytes]], list[Sequence[bytes]]]:
        """The mails' own pieces, column by column as `_pieces` numbers them, and those of them that the digest is made of.

        Each is sound as it is made: both encodings give short ASCII lines that never begin with a dot, as do headers.
        """
        domain = self._message_domain.encode("ascii")
        headers: list[Sequence[bytes]] = [
            recipients(names, addresses),
            [self._constant_subject] * len(names) if self._constant_subject else self._own_subjects(batch),
            list(map(date_header, dates)),
            framed(b"Message-ID: <", message_tokens, b"@" + domain + b">\r\n"),
            [token.join(self._leave) for token in batch.tokens[LEAVING]],
        ]
        if self._references:
            headers.append([self._references.replace(b"%s", b"%b@%b" % (token, domain)) for token in message_tokens])
        text, said = self._text.fill(batch)
        page: list[list[bytes]] = []
        if self._html is not None:
            page, html_said = self._html.fill(batch.escaped(self._html_texts))
            said = [*said, *html_said]
        return [message_tokens, *headers, *text, *page], [*headers, *said]

    def _put_together(
        self, own: Sequence[Sequence[bytes]], said: Sequence[Sequence[bytes]], dates: Sequence[int]
    ) -> tuple[list[bytes], Sequence[Sequence[bytes]]]:
        """The mails, signed if that is to be, and what their digests are made of."""
        if self._signer is None:
            return self._whole.filled(own), said
        heads, bodies = self._head.filled(own), self._body.filled(own)
        signatures = list(map(self._signer.sign, heads, bodies, dates))
        raws = [b"%b%b\r\n%b" % pieces for pieces in zip(signatures, heads, bodies, strict=True)]
        return raws, [*said, signatures]

    def _digests(self, said: Sequence[Sequence[bytes]]) -> list[bytes]:
        """Of what varies alone: a pass over 10 KB would give up the interpreter's lock in every mail, and waiting for it to come
        back costs more than the hash.
        """
        fingerprint = self._fingerprint
        return [sha256(fingerprint + b"\0".join(varies)).digest()[:16] for varies in zip(*said, strict=True)]

    def _own_subjects(self, batch: Batch) -> list[bytes]:
        constants, marks = self._subject
        columns = [
            _decoded(framed(self._before_token[mark].encode(), batch.tokens[mark], b""))
            if mark in batch.tokens
            else batch.texts[mark]
            for mark in marks
        ]
        lines = []
        for values in zip(*columns, strict=True):
            lines.append(unstructured("Subject", filled(constants, marks, dict(zip(marks, values, strict=True)))))
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


def _check_tokens(columns: Iterable[Sequence[bytes]]) -> None:
    tokens = list(chain.from_iterable(columns))
    lengths = set(map(len, tokens))
    if min(lengths) < 1 or max(lengths) > 64 or b"".join(tokens).translate(None, _OF_TOKENS):
        raise BadMail("A token must have 1 to 64 lower-case letters and digits.")


def _decoded(column: Sequence[bytes]) -> list[str]:
    return b"\0".join(column).decode("ascii").split("\0")


def _multipart(kind: bytes, start: bytes, parts: Iterable[list[bytes | int]]) -> tuple[list[bytes | int], list[bytes | int]]:
    """The Content-Type and the body of a multipart whose boundary is `start` and the token of the Message-ID."""
    body: list[bytes | int] = []
    for part in parts:
        body += (b"\r\n--" if body else b"--", start, _TOKEN, b"\r\n", *part)
    body += (b"\r\n--", start, _TOKEN, b"--\r\n")
    return [b"Content-Type: multipart/" + kind + b'; boundary="' + start, _TOKEN, b'"\r\n'], body


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
        lines.insert(0, mailbox("Reply-To", "", own_address("Reply-To", parts.reply_to).ascii))
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
