"""Pictures for those who do not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.issues.blocks.embed import EmbedBlock
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.findings.base import Facts, Finding, lowered, place_of
from masthead.issues.picture import Picture

LONGEST_ALT = 250
_FILE_NAME = re.compile(r"^\S+\.(jpe?g|png|gif|webp|heic|tiff?)$|^(IMG|DSC|DSCN|PXL|P|image|photo)[-_ ]?\d+$", re.IGNORECASE)


def alternatives(facts: Facts) -> Iterator[Finding]:
    """No words for a picture, a file name instead of words, or too many."""
    for place, picture in pictures_of(facts):
        alt = picture.alt.strip()
        if picture.decorative:
            continue
        if not alt:
            yield Finding(
                "alt-missing",
                lowered(facts, "alt-missing"),
                place,
                _("Nothing says what the picture shows."),
                _("Describe it for readers who do not see it, or mark it as decorative."),
            )
        elif _FILE_NAME.match(alt):
            yield Finding(
                "alt-file-name",
                "warn",
                place,
                _("“%(alt)s” is the name of a file, not a description.") % {"alt": alt},
                _("Say what the picture shows."),
            )
        elif len(alt) > LONGEST_ALT:
            yield Finding(
                "alt-long",
                "warn",
                place,
                _("The description has %(count)s characters.") % {"count": len(alt)},
                _("Keep it under %(most)s; the rest belongs into the text.") % {"most": LONGEST_ALT},
            )


def pictures_of(facts: Facts) -> Iterator[tuple[str, Picture]]:
    """(place, picture) for each picture of the issue."""
    if facts.content.lead_image:
        yield _("lead picture"), facts.content.lead_image
    for number, block in enumerate(facts.content.body, 1):
        if isinstance(block, ImageBlock):
            yield place_of(number), block.picture
        elif isinstance(block, EmbedBlock) and block.still:
            yield place_of(number), block.still
