"""No mail asks for something that a mail program cannot do, unless it was thought about and nothing depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from masthead.issues.rendering.edition import render
from tests.issues.rendering.caniemail import Table, features_of
from tests.issues.rendering.samples import WHOLE

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
TABLE = Table()

_ONLY_IMPROVES = "The one kept style block only improves: everything needed stands in the elements (rule 1 of the mail's HTML)."
_HIDDEN_LINE = "The preview line is hidden by several ways at once, since none works everywhere: display, size, mso-hide."
#: Features that some program lacks, and why a mail does well without them there.
THOUGHT_ABOUT = {
    "html-style": _ONLY_IMPROVES,
    "css-at-media": _ONLY_IMPROVES,
    "css-at-media-prefers-color-scheme": _ONLY_IMPROVES,
    "css-important": _ONLY_IMPROVES,
    "css-selector-class": _ONLY_IMPROVES,
    "css-selector-descendant": _ONLY_IMPROVES,
    "css-selector-grouping": _ONLY_IMPROVES,
    "css-selector-type": _ONLY_IMPROVES,
    "css-display-none": _HIDDEN_LINE,
    "css-max-height": _HIDDEN_LINE,
    "css-opacity": _HIDDEN_LINE,
    "css-overflow": _HIDDEN_LINE,
    "html-meta-color-scheme": "Programs that do not know it choose dark colours themselves; ours hold on both grounds.",
    "html-body": "Webmail puts the mail into an element of its own: language, direction and ground are on the first div, too.",
    "html-doctype": "Left out by programs that show a mail in a page of theirs. Where it is kept it sets standards mode.",
    "html-dir": "Every cell of text says its side as text-align, too, and the letters of a language bring their own direction.",
    "html-lang": "For those who listen, and for hyphens. Its loss changes no letter.",
    "html-role": "Says to screen readers that a table is layout. Without it they read the cells in their order, which is right.",
    "html-aria-hidden": "Keeps screen readers from the hidden preview line. Where it is dropped they read the excerpt first.",
    "html-code": "Without it code stands in the face of the text.",
    "css-border-radius": "Corners are square there.",
    "css-outline": "Takes away a frame that some programs draw around linked pictures; border:0 does it in others.",
    "css-height": "Of the coloured bar, and auto for pictures, which have the attribute, as the bar has.",
    "css-overflow-wrap": "Breaks a word that is wider than the column; word-break says the same to others.",
    "css-word-break": "Breaks a word that is wider than the column; overflow-wrap says the same to others.",
    "css-text-decoration": "Links are coloured as well as underlined.",
    "css-white-space": "Keeps a label of the share row in one line, and the lines of code, which stand in <pre>.",
}
#: What caniemail has no page for: colours, and properties of Outlook's own that others pass over.
NOT_IN_TABLE = {
    "css-color": "Read by every program since mail has HTML.",
    "html-anchor": "Links to other pages.",
    "css-mso-hide": "Outlook's own",
    "css-mso-padding-alt": "Outlook's own",
    "css-mso-table-lspace": "Outlook's own",
    "css-mso-table-rspace": "Outlook's own",
}


@pytest.fixture(scope="module")
def used() -> dict[str, str]:
    """All features of the golden blocks and of whole issues, full and as excerpts."""
    mails = [path.read_text() for path in sorted(GOLDEN.glob("*/*/mail.html"))]
    for content in WHOLE.values():
        rendered = render(content)
        mails += [rendered.mail_html_full, rendered.mail_html_excerpt]
    found: dict[str, str] = {}
    for mail in mails:
        found = features_of(mail) | found
    return found


def test_a_feature_that_some_program_lacks_was_thought_about(used: dict[str, str]) -> None:
    new = {
        feature: f"{where}: not in {', '.join(TABLE.missing_in(feature))}"
        for feature, where in used.items()
        if feature in TABLE and TABLE.missing_in(feature) and feature not in THOUGHT_ABOUT
    }
    assert new == {}


def test_a_feature_that_nobody_tested_was_thought_about(used: dict[str, str]) -> None:
    assert {feature: where for feature, where in used.items() if feature not in TABLE and feature not in NOT_IN_TABLE} == {}


def test_the_reasons_are_about_what_is_used(used: dict[str, str]) -> None:
    assert sorted((set(THOUGHT_ABOUT) | set(NOT_IN_TABLE)) - set(used)) == []
    assert [feature for feature in THOUGHT_ABOUT if not TABLE.missing_in(feature)] == []


@pytest.mark.parametrize(
    ("html", "feature"),
    [
        ('<p style="display: flex">x</p>', "css-display-flex"),
        ("<style>@supports (display: grid) {p {gap: 3px}}</style>", "css-at-supports"),
        ("<style>@supports (display: grid) {p {gap: 3px}}</style>", "css-gap"),
        ("<style>a:hover::after{color:red}</style>", "css-pseudo-class-hover"),
        ("<style>a:hover::after{color:red}</style>", "css-pseudo-element-after"),
        ('<p style="width:calc(100% - 3vw)">x</p>', "css-unit-calc"),
        ('<p style="width:calc(100% - 3vw)">x</p>', "css-unit-vw"),
        ('<p style="color:var(--ink)">x</p>', "css-variables"),
        ('<p style="color:light-dark(red, blue)">x</p>', "css-function-light-dark"),
        ("<section>x</section>", "html-semantics"),
        ('<img srcset="a.png 2x">', "html-srcset"),
        ('<img src="https://a.example/a.webp?x=1">', "image-webp"),
        ("<video></video>", "html-video"),
        ('<a href="#notes">x</a>', "html-anchor-links"),
        ("<svg></svg>", "html-svg"),
        ("<form></form>", "html-form"),
    ],
)
def test_what_mail_programs_lack_is_seen(html: str, feature: str) -> None:
    assert feature in features_of(html)
    assert TABLE.missing_in(feature)
    assert feature not in THOUGHT_ABOUT
