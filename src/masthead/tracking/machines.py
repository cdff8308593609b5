"""Telling programs from people by what a request shows. It is a guess, and both figures are shown.

Scanners of mail providers follow links before the reader does, and some mail programs load all pictures by themselves. Signs: no
browser named, or only its first word; a program that says so; one visitor who asks for many links of a mail in the same breath.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

#: So many different links of one mail within one batch (a few seconds) is more than somebody who reads.
LINKS_IN_ONE_BREATH = 5
#: The number of what is no link: the mail itself, by its pixel.
OPENED = 0
_SAYS_SO = re.compile(
    r"bot\b|crawl|spider|scan|preview|proxy|monitor|headless|curl/|wget/|python|go-http-client|java/|okhttp|libwww|urlpreview",
    re.IGNORECASE,
)


class Followed(NamedTuple):
    """One request for link `number` of a campaign. `origin` and `browser` never reach the disk.

    `delivery`: the one mail that has this link; 0 for a link that all mails have. With a delivery the number may be OPENED; then
    `campaign` is 0, since it is not looked up before it is counted.
    """

    campaign: int
    number: int
    origin: str
    browser: str
    at: datetime
    delivery: int = 0


def among(followed: Iterable[Followed]) -> set[Followed]:
    """Those of one batch that look like programs."""
    followed = list(followed)
    links: dict[tuple[int, int, str, str], set[int]] = defaultdict(set)
    for each in followed:
        if each.number != OPENED:
            links[_visitor(each)].add(each.number)
    return {each for each in followed if is_machine(each.browser) or len(links[_visitor(each)]) >= LINKS_IN_ONE_BREATH}


def is_machine(browser: str) -> bool:
    """Whether a request with this User-Agent (RFC 9110, section 10.1.5) came from a program without a person."""
    return browser.strip() in {"", "Mozilla/5.0"} or _SAYS_SO.search(browser) is not None


def _visitor(followed: Followed) -> tuple[int, int, str, str]:
    # A delivery is of one campaign: what is known of that must not part the pixel from the links.
    return (0 if followed.delivery else followed.campaign, followed.delivery, followed.origin, followed.browser)
