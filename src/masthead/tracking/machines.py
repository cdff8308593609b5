"""Telling programs from people by what a request shows. It is a guess, and both figures are shown.

Scanners of mail providers follow links before the reader does. Signs: no browser named, or only its first word; a program that
says so; one visitor who asks for many links of a mail in the same breath (`masthead.tracking.counting`).
"""

from __future__ import annotations

import re

#: So many different links of one mail within one batch (a few seconds) is more than somebody who reads.
LINKS_IN_ONE_BREATH = 5
_SAYS_SO = re.compile(
    r"bot\b|crawl|spider|scan|preview|proxy|monitor|headless|curl/|wget/|python|go-http-client|java/|okhttp|libwww|urlpreview",
    re.IGNORECASE,
)


def is_machine(browser: str) -> bool:
    """Whether a request with this User-Agent (RFC 9110, section 10.1.5) came from a program without a person."""
    return browser.strip() in {"", "Mozilla/5.0"} or _SAYS_SO.search(browser) is not None
