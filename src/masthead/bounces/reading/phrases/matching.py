"""Finds the first phrase of the tables in some words. Phrases are lower case; ` * ` stands for at most 80 characters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from masthead.bounces.reading.phrases import address, content, grammar, policy, system
from masthead.bounces.reading.phrases.writing import Phrases

#: Whole phrases, or a sentence's build.
Table = tuple[str, ...] | re.Pattern[str]

_GAP = 80

#: The order decides where words say two things: what is our fault comes before what is the reader's, since "user unknown"
#: beside "blocked" must not cost a reader, and what is certain before what is vague.
TABLES: tuple[tuple[str, Table], ...] = (
    ("notaccept", address.NO_MAIL_SURE),
    ("mailboxfull", address.FULL_SURE),
    ("networkerror", system.NETWORK_SURE),
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
    ("hostunknown", address.NO_DOMAIN_SURE),
    ("userunknown", address.UNKNOWN),
    ("hostunknown", address.NO_DOMAIN),
    ("exceedlimit", content.LIMIT),
    ("securityerror", policy.SECURITY),
    ("filtered", address.FILTERED),
    ("onhold", system.ON_HOLD),
    ("mailboxfull", grammar.FULL),
    ("suspend", grammar.SUSPENDED),
    ("userunknown", address.UNKNOWN_VAGUE),
    ("userunknown", grammar.UNKNOWN),
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
_VAGUE_TABLES: tuple[Table, ...] = (address.UNKNOWN_VAGUE, grammar.UNKNOWN, policy.POLICY_VAGUE, policy.BLOCKED_VAGUE)


class Match(NamedTuple):
    """A reason and the phrase that means it; empty strings when nothing was found."""

    reason: str
    phrase: str
    vague: bool = False
    #: Whether it is no phrase of the tables, only a sentence built like one.
    built: bool = False


NOTHING = Match("", "")


@lru_cache(maxsize=32)  # one report is asked for the same words several times
def find(words: str) -> Match:
    """The reason that `words` give, by the first table with a phrase in them."""
    text = flat(words)
    for reason, table in TABLES:
        if phrase := _in_table(text, table):
            return Match(reason, phrase, table in _VAGUE_TABLES, isinstance(table, re.Pattern))
    return NOTHING


def sentence(notice: str) -> str:
    """The reason that a sentence known by heart gives, which is all that some carriers say; "" without one."""
    text = flat(notice)
    return next((reason for reason, phrases in _SENTENCES if any(each in text for each in phrases)), "")


def says(words: str, reason: str) -> bool:
    """Whether `words` give `reason`, whatever else they say. A program's or a provider's own words are no server's."""
    text = flat(words)
    agree = any(_in_table(text, table) for each, table in TABLES if each == reason and table is not address.UNKNOWN_VAGUE)
    return agree and not any(any_of(text, other) for other in (system.PROGRAM_SURE, policy.SUPPRESSED, policy.SENDER_SURE))


def _in_table(text: str, table: Table) -> str:
    """What of `table` stands in `text`, or ""."""
    if isinstance(table, re.Pattern):
        found = table.search(text)
        return found.group() if found else ""
    return any_of(text, table)


def any_of(text: str, phrases: tuple[str, ...]) -> str:
    """The first of `phrases` that stands in `text` (which is `flat`), or ""."""
    # Most notices are in English: what is written in other letters need not be looked for in them.
    likely = phrases.ascii if isinstance(phrases, Phrases) and text.isascii() else phrases
    return next((each for each in likely if (each in text if "*" not in each else has(text, each))), "")


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
