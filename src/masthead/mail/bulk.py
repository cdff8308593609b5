"""Bulk mail: one template per edition, compiled once into constant bytes and slots, then filled per reader in microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from masthead.common.addresses import Address
from masthead.mail.message import Message


class BadMail(ValueError):
    """A part cannot stand in a mail; the text names the part, what is wrong with it, and the way out."""


@dataclass(frozen=True, slots=True)
class BulkParts:
    """What all copies of one issue have in common. Text, not bytes: everything is encoded here.

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


class BulkTemplate:
    """One issue ready to be filled. Immutable: threads and lanes share it."""

    @classmethod
    def compile(cls, parts: BulkParts) -> BulkTemplate:
        """Check and encode everything that is the same for all readers. Raises BadMail."""
        raise BadMail("compiling comes next")

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
        envelope sender b+TOKEN@bounce-domain. `unsubscribe_mailto` is an address without "mailto:". `slots` has a text for
        every mark; in HTML it is escaped here. Raises BadMail for text that cannot stand where its slot is.
        """
        raise BadMail("filling comes next")
