"""Words: leftovers of writing, subject and preview line, promises the issue does not keep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.issues.blocks.file import FileBlock
from masthead.issues.findings.base import Facts, Finding, texts
from masthead.issues.rendering.merge import leftovers

#: TK and TODO stand in capitals only; "todo" is a word in some languages.
_PLACEHOLDER = re.compile(r"\bTK+\b|\bTODO\b|\bFIXME\b|\bXXX+\b|lorem ipsum", re.IGNORECASE)
_CAPITALS_ONLY = ("TK", "TODO", "FIXME", "XXX")
_ATTACHED = re.compile(
    r"\battached\b|\battachment\b|\bci-joint\b|\bpièce jointe\b|\badjunto\b|\bim Anhang\b|\bbeigefügt\b|پیوست|مرفق", re.IGNORECASE
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)\s*(?:\d{4}\s*[-–]\s*)?(\d{4})", re.IGNORECASE)


def placeholders(facts: Facts) -> Iterator[Finding]:
    """What a writer meant to replace."""
    for place, text in texts(facts):
        for found in _PLACEHOLDER.findall(text):
            if found.upper().startswith(_CAPITALS_ONLY) and not found.isupper():
                continue
            yield Finding(
                "placeholder",
                "block",
                place,
                _("“%(text)s” was left in the text.") % {"text": found},
                _("Write what belongs there."),
            )
            break


def tags(facts: Facts) -> Iterator[Finding]:
    """Merge fields that are none: misspelt, without fallback, or from another system."""
    for place, text in texts(facts):
        for found in leftovers(text)[:1]:
            yield Finding(
                "merge-field",
                "block",
                place,
                _("“%(text)s” is no merge field and would be sent as it stands.") % {"text": found[:60]},
                _('Write {{ name | "dear reader" }}, with words for readers without a name.'),
            )


def subject(facts: Facts) -> Iterator[Finding]:
    """Length, capitals, repetition."""
    words = facts.rendered.subject if facts.rendered else facts.content.subject
    if not words:
        return
    if not 10 <= len(words) <= 78:
        yield Finding(
            "subject-length",
            "warn",
            _("subject"),
            _("The subject has %(count)s characters; 10 to 78 are shown whole.") % {"count": len(words)},
            _("Write a shorter or clearer one."),
        )
    letters = [letter for letter in words if letter.isalpha()]
    if len(letters) > 9 and all(letter.isupper() for letter in letters):
        yield Finding(
            "subject-capitals", "warn", _("subject"), _("The subject is all in capitals, as in spam."), _("Use small letters.")
        )
    if words.casefold() in facts.earlier_subjects:
        yield Finding("subject-used", "warn", _("subject"), _("An earlier issue had this subject."), _("Say what is new."))
    preheader = (facts.rendered.preheader if facts.rendered else facts.content.preheader).strip().casefold()
    if preheader and (preheader == words.casefold() or preheader == facts.content.title.casefold()):
        yield Finding(
            "preheader-repeats",
            "warn",
            _("preview line"),
            _("The preview line repeats the subject."),
            _("Say what else is in the issue."),
        )


def promises(facts: Facts) -> Iterator[Finding]:
    """ "Attached" without a file; an old year after ©."""
    has_file = any(isinstance(block, FileBlock) for block in facts.content.body)
    for place, text in texts(facts):
        if not has_file and (found := _ATTACHED.search(text)):
            yield Finding(
                "attachment-missing",
                "warn",
                place,
                _("The text says “%(text)s”, but there is no file in the issue.") % {"text": found[0]},
                _("Add a file block."),
            )
        for year in _COPYRIGHT.findall(text):
            if int(year) < facts.content.date.year:
                yield Finding(
                    "copyright-year", "warn", place, _("© with the year %(year)s.") % {"year": year}, _("Is it still right?")
                )
