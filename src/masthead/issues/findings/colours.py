"""Colours of a publication that are too faint to read: they are shown darker or lighter than they were chosen."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.issues.findings.base import Facts, Finding
from masthead.issues.rendering import colours


def contrast(facts: Facts) -> Iterator[Finding]:
    """A colour by day or by night that does not stand out enough from its paper."""
    look = facts.content.masthead
    for chosen, paper, said in (
        (look.accent, colours.PAPER, _("The colour %(chosen)s is too faint on white: readers see %(used)s.")),
        (look.night_accent, colours.NIGHT_PAPER, _("The colour %(chosen)s is too dark by night: readers see %(used)s.")),
    ):
        if chosen and colours.contrast(chosen, paper) < colours.AA:
            words = said % {"chosen": chosen, "used": colours.readable(chosen, on=paper)}
            yield Finding("contrast", "warn", _("design"), words, _("Choose it yourself in the design."))
