"""What was found in one mail that came back, and the closed sets of words it is said in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BOUNCE: Final = "bounce"
COMPLAINT: Final = "complaint"
AUTO_REPLY: Final = "auto-reply"
DELAYED: Final = "delayed"
DELIVERED: Final = "delivered"
OTHER: Final = "other"

#: Every kind with the sentence that documents it. Only a bounce or a complaint can ever lead to a suppression.
KINDS: Final[dict[str, str]] = {
    BOUNCE: "A server gave up on the mail, for good or for now.",
    COMPLAINT: "A reader or their provider called the mail spam, or asked to be taken off (RFC 5965 and its relatives).",
    AUTO_REPLY: "A vacation notice, a request to prove that one is human, or another answer by a program.",
    DELAYED: "A warning: the mail waits, and the server goes on trying.",
    DELIVERED: "A receipt: the mail arrived or was passed on.",
    OTHER: "Anything else, such as the answer of a person.",
}

#: Every reason with the sentence that documents it. The names are those of Sisimai, which other tools share.
REASONS: Final[dict[str, str]] = {
    "userunknown": "There is no such mailbox.",
    "hostunknown": "There is no such domain.",
    "hasmoved": "The mailbox moved for good.",
    "notaccept": "The domain takes no mail at all (null MX, RFC 7505).",
    "suspend": "The mailbox is suspended, disabled or unused for long.",
    "filtered": "The mailbox exists and its owner's rules or rights refuse the mail.",
    "onhold": "The receiver holds the mail back and says no more.",
    "mailboxfull": "The mailbox is full.",
    "mesgtoobig": "The mail is too big.",
    "exceedlimit": "The mail exceeds a limit of the receiver, such as its number of parts or recipients.",
    "spamdetected": "The content was taken for spam.",
    "virusdetected": "The content was taken for harmful.",
    "contenterror": "The content or a header is malformed or not allowed.",
    "notcompliantrfc": "The mail breaks a rule of the mail format.",
    "blocked": "The sending host or network is on a blocklist or blocked.",
    "rejected": "The sender's address or domain is refused.",
    "badreputation": "The sending host's or domain's reputation is too low.",
    "authfailure": "SPF, DKIM or DMARC failed.",
    "requireptr": "The sending host has no fitting name in the DNS.",
    "policyviolation": "A policy of the receiver forbids it.",
    "norelaying": "The server does not take mail for this domain.",
    "securityerror": "A rule of security or encryption forbids it, or signing in failed.",
    "failedstarttls": "The connection could not be encrypted.",
    "suppressed": "A provider's own suppression list stopped it before it was sent.",
    "toomanyconn": "Too many mails or connections in too little time.",
    "networkerror": "The receiving server could not be reached, or its DNS is broken.",
    "systemerror": "The receiving system has a fault of its own.",
    "systemfull": "The receiving system has no room.",
    "mailererror": "A program that delivers for the receiver failed.",
    "syntaxerror": "A server did not understand a command.",
    "expired": "It was tried for too long.",
    "delivered": "It arrived.",
    "feedback": "It was reported.",
    "vacation": "A program answered.",
    "undefined": "The mail does not say why.",
}

#: Reasons that mean: this address is dead. Narrower than "refused for good", and never deduced from a code alone.
DEAD: Final = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})

#: How an address was found, the surest first.
FROM_ORIGINAL: Final = "original-recipient"
FROM_FINAL: Final = "final-recipient"
FROM_HEADER: Final = "header"
FROM_RETURNED: Final = "returned-to"
FROM_TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Failure:
    """What one dialect says of one recipient. Empty strings for what it does not say."""

    address: str
    address_from: str
    words: str = ""
    status: str = ""
    reply: str = ""
    #: "failed", "delayed", "delivered", "relayed", "expanded" (RFC 3464 §2.3.3), or "".
    action: str = ""
    original: str = ""
    #: A reason that the dialect knows for certain; "" leaves it to status and words.
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of reading one mail. Everything in it comes from the mail and is as little to be trusted.

    `permanent` follows from `status_class`; `tokens` are candidates in the form of our bounce tokens (unverified), and
    `message_ids` those of the returned mail, the likeliest first.
    """

    kind: str
    reason: str = "undefined"
    #: "4", "5", or None when neither applies.
    status_class: str | None = None
    dead: bool = False
    #: SMTP reply code, "" when none was seen.
    reply: str = ""
    #: Enhanced status code (RFC 3463), "" when none was seen.
    status: str = ""
    #: The words that decided, and whether they give the reason themselves; else it follows from the codes.
    words: str = ""
    said: bool = False
    address: str = ""
    address_from: str = ""
    #: The address mailed to, when the report names it beside the one that failed (RFC 3464 §2.3.1).
    original_recipient: str = ""
    #: Every further recipient the report names.
    others: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    feedback_type: str = ""
    #: Candidates for the token of `unsub+TOKEN@` that the mail itself was sent to.
    leave_tokens: tuple[str, ...] = ()
    #: A program answered or a list passed it on: nobody asks for anything with it.
    automatic: bool = False
    #: Name of the reader of the registry that read it.
    reader: str = ""

    @property
    def permanent(self) -> bool:
        """Whether the server said that trying again is of no use."""
        return self.status_class == "5"

    @property
    def message_id(self) -> str:
        """The Message-ID of the mail that came back, without angle brackets, or ""."""
        return self.message_ids[0] if self.message_ids else ""
