"""Why an address cannot be one, in the language of whoever reads it (`common`, which knows why, has no catalogue)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from masthead.common.address_faults import BadAddress, Fault


def why_not(error: Exception) -> str:
    """What is wrong with the address, in one sentence; any other error says it itself."""
    return str(_WORDS[error.fault]) % error.details if isinstance(error, BadAddress) else str(error)


#: The English is that of `Fault`.
_WORDS: Mapping[Fault, str | Promise] = {
    Fault.EMPTY: gettext_lazy("There is no address."),
    Fault.INVISIBLE: gettext_lazy("It contains an invisible character (U+%(code)s)."),
    Fault.NO_AT: gettext_lazy("An address has an @ in it."),
    Fault.OTHER_AT: gettext_lazy("The @ in it is a look-alike from another script."),
    Fault.NOTHING_BEFORE: gettext_lazy("There is nothing before the @."),
    Fault.NOTHING_AFTER: gettext_lazy("There is nothing after the @."),
    Fault.NAMED: gettext_lazy("A name or angle brackets stand around the address. Write the address alone."),
    Fault.BLANK: gettext_lazy("There is a blank in it."),
    Fault.WRONG_BEFORE: gettext_lazy("Before the @ stands what cannot be there: %(characters)s."),
    Fault.WRONG_AFTER: gettext_lazy("After the @ stands what cannot be there: %(characters)s."),
    Fault.QUOTED: gettext_lazy("Quotation marks before the @ are not taken."),
    Fault.HYPHEN: gettext_lazy("An address cannot start with a hyphen."),
    Fault.DOT: gettext_lazy("A dot or a hyphen stands where none can be."),
    Fault.NUMERIC: gettext_lazy("The domain ends in a number, as only the address of a machine does."),
    Fault.NO_DOT: gettext_lazy("The domain “%(domain)s” has no dot."),
    Fault.NO_DOMAIN: gettext_lazy("“%(domain)s” is no domain."),
    Fault.LONG_BEFORE: gettext_lazy("The part before the @ is longer than 64 bytes."),
    Fault.LONG_AFTER: gettext_lazy("The domain, or a part of it, is too long."),
    Fault.LONG: gettext_lazy("It is longer than 254 bytes."),
    Fault.OTHER: gettext_lazy("It is no mail address."),
}
