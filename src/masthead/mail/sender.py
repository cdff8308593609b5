"""Whose voice a mail has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a mail and what its frame needs to know of the publication behind it.

    `name` and `address` make the From header; `reply_to` is an address or empty. `publication` is the publication's name as
    readers know it. `imprint` is the postal address line, `base_url` the public address without a slash at its end.
    `language` is a BCP 47 tag. While `test_mode` is on, single mails in this voice go to the built-in inbox, whatever
    relay is configured (see `mail.single`).
    """

    name: str
    address: str
    reply_to: str = ""
    imprint: str = ""
    base_url: str = ""
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    publication: str = ""
    test_mode: bool = False
