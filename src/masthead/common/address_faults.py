"""What can be wrong with a mail address: few kinds, so that each can be said in any language (`mail.address_words`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum


class Fault(Enum):
    """What is wrong, in English; what stands between the signs is in `BadAddress.details`."""

    EMPTY = "There is no address."
    INVISIBLE = "It contains an invisible character (U+%(code)s)."
    NO_AT = "An address has an @ in it."
    OTHER_AT = "The @ in it is a look-alike from another script."
    NOTHING_BEFORE = "There is nothing before the @."
    NOTHING_AFTER = "There is nothing after the @."
    NAMED = "A name or angle brackets stand around the address. Write the address alone."
    BLANK = "There is a blank in it."
    WRONG_BEFORE = "Before the @ stands what cannot be there: %(characters)s."
    WRONG_AFTER = "After the @ stands what cannot be there: %(characters)s."
    QUOTED = "Quotation marks before the @ are not taken."
    HYPHEN = "An address cannot start with a hyphen."
    DOT = "A dot or a hyphen stands where none can be."
    NUMERIC = "The domain ends in a number, as only the address of a machine does."
    NO_DOT = "The domain “%(domain)s” has no dot."
    NO_DOMAIN = "“%(domain)s” is no domain."
    LONG_BEFORE = "The part before the @ is longer than 64 bytes."
    LONG_AFTER = "The domain, or a part of it, is too long."
    LONG = "It is longer than 254 bytes."
    OTHER = "It is no mail address."


class BadAddress(ValueError):
    """The text is no address that mail can be sent to; `reason` says why in one sentence, in English."""

    def __init__(self, fault: Fault, **details: str) -> None:
        self.fault = fault
        self.details: Mapping[str, str] = details
        self.reason = fault.value % details
        super().__init__(self.reason)


#: What `email_validator` says, which has no other names for it. The first that fits; a group is the characters.
_SAID = (
    (r"An email address must have an @-sign", Fault.NO_AT),
    (r".* character instead of a regular at-sign", Fault.OTHER_AT),
    (r"There must be something before the @", Fault.NOTHING_BEFORE),
    (r"There must be something after the @", Fault.NOTHING_AFTER),
    (r"A display name|An open angle bracket|There can't be anything after", Fault.NAMED),
    (r".*invalid characters(?: before the @-sign|): .*\bSPACE\b", Fault.BLANK),
    (r".*invalid characters before the @-sign: (.+)\.", Fault.WRONG_BEFORE),
    (r".*unsafe characters: (.+)\.", Fault.WRONG_BEFORE),
    (r"The part after the @-sign contains invalid characters.*?: (.+)\.", Fault.WRONG_AFTER),
    (r"Quoting the part before|.*close quote", Fault.QUOTED),
    (r"A bracketed IP address", Fault.NUMERIC),
    (r".*two letters followed by two dashes|.*(?:period|hyphen)s? (?:and|immediately|in a row)", Fault.DOT),
    (r"An email address cannot (?:start|end) with a (?:period|hyphen)|.*cannot have two periods", Fault.DOT),
    (r".*too long after the @-sign|After the @-sign, periods|.*\(Label too long\)", Fault.LONG_AFTER),
    (r"The part after the @-sign ", Fault.NO_DOMAIN),
    (r"The email address is too long", Fault.LONG),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), fault) for pattern, fault in _SAID)


def of_library(said: str, domain: str) -> BadAddress:
    """The fault of which `email_validator` said so in English; `domain`: what stands behind the last @."""
    for pattern, fault in _PATTERNS:
        if found := pattern.match(said):
            if fault is Fault.NO_DOMAIN:
                return BadAddress(fault, domain=domain)
            return BadAddress(fault, characters=found[1]) if pattern.groups else BadAddress(fault)
    return BadAddress(Fault.OTHER)
