"""Finds the first phrase of the tables in some words. Phrases are lower case; ` * ` stands for at most 80 characters."""

from __future__ import annotations

from typing import NamedTuple

from masthead.bounces.reading.phrases import address, content, policy, system

_GAP = 80

#: The order decides where words say two things: what is our fault comes before what is the reader's, since "user unknown"
#: beside "blocked" must not cost a reader, and what is certain before what is vague.
TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("notaccept", address.NO_MAIL_SURE),
    ("mailererror", system.PROGRAM_SURE),
    ("filtered", address.FILTERED_SURE),
    ("authfailure", policy.AUTHENTICATION),
    ("suspend", address.SUSPENDED_SURE),
    ("suppressed", policy.SUPPRESSED),
    ("requireptr", policy.NO_PTR),
    ("virusdetected", content.VIRUS),
    ("badreputation", policy.REPUTATION),
    ("notcompliantrfc", content.FORM),
    ("blocked", policy.BLOCKLISTED),
    ("spamdetected", content.SPAM),
    ("failedstarttls", policy.STARTTLS),
    ("rejected", policy.SENDER),
    ("toomanyconn", policy.TOO_FAST),
    ("norelaying", policy.RELAYING),
    ("blocked", policy.BLOCKED),
    ("rejected", policy.GROUPS),
    ("mesgtoobig", content.TOO_BIG),
    ("mailboxfull", address.FULL),
    ("suspend", address.SUSPENDED),
    ("hasmoved", address.MOVED),
    ("userunknown", address.UNKNOWN),
    ("hostunknown", address.NO_DOMAIN),
    ("exceedlimit", content.LIMIT),
    ("securityerror", policy.SECURITY),
    ("filtered", address.FILTERED),
    ("onhold", system.ON_HOLD),
    ("userunknown", address.UNKNOWN_VAGUE),
    ("policyviolation", policy.POLICY),
    ("contenterror", content.MALFORMED),
    ("systemfull", system.FULL),
    ("networkerror", system.NETWORK),
    ("expired", system.EXPIRED),
    ("mailererror", system.PROGRAM),
    ("syntaxerror", system.SYNTAX),
    ("systemerror", system.FAULT),
    ("blocked", policy.BLOCKED_VAGUE),
    ("policyviolation", policy.POLICY_VAGUE),
)


_SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspend", address.SUSPENDED_CARRIER),
    ("mailboxfull", address.FULL_CARRIER),
)


#: Said of many things: a status that says something else is to be believed.
_VAGUE_TABLES = (address.UNKNOWN_VAGUE, policy.POLICY_VAGUE, policy.BLOCKED_VAGUE)


class Match(NamedTuple):
    """A reason and the phrase that means it; empty strings when nothing was found."""

    reason: str
    phrase: str
    vague: bool = False


NOTHING = Match("", "")


def find(words: str) -> Match:
    """The reason that `words` give, by the first table with a phrase in them."""
    text = flat(words)
    for reason, phrases in TABLES:
        for phrase in phrases:
            if phrase in text if "*" not in phrase else has(text, phrase):
                return Match(reason, phrase, phrases in _VAGUE_TABLES)
    return NOTHING


def sentence(notice: str) -> str:
    """The reason that a sentence known by heart gives, which is all that some carriers say; "" without one."""
    text = flat(notice)
    return next((reason for reason, phrases in _SENTENCES if any(each in text for each in phrases)), "")


def says(words: str, reason: str) -> bool:
    """Whether `words` give `reason`, whatever else they say. A program's or a provider's own words are no server's."""
    text = flat(words)
    agree = any(any_of(text, phrases) for each, phrases in TABLES if each == reason and phrases not in _VAGUE_TABLES)
    return agree and not any_of(text, system.PROGRAM_SURE) and not any_of(text, policy.SUPPRESSED)


def any_of(text: str, phrases: tuple[str, ...]) -> str:
    """The first of `phrases` that stands in `text` (which is `flat`), or ""."""
    return next((each for each in phrases if (each in text if "*" not in each else has(text, each))), "")


def has(text: str, phrase: str) -> bool:
    """Whether the pieces of `phrase` between its stars follow one another closely in `text`."""
    head, *rest = phrase.split("*")
    start = text.find(head)
    tries = 0
    while start >= 0 and tries < 50:
        at = start + len(head)
        for piece in rest:
            found = text.find(piece, at, at + _GAP + len(piece))
            if found < 0:
                break
            at = found + len(piece)
        else:
            return True
        start = text.find(head, start + 1)
        tries += 1
    return False


def flat(words: str) -> str:
    """`words` in lower case, with single blanks, also around it, and plain apostrophes."""
    return f" {' '.join(words.lower().replace(chr(0x2019), chr(39)).replace('`', chr(39)).split())} "
