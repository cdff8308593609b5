"""What no issue can go out without."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from masthead.issues.content import Masthead
from masthead.issues.rendering.edition import render
from tests.issues.findings.conftest import GOOD


def test_a_good_issue_has_no_findings(findings: Any) -> None:
    assert findings() == {}


@pytest.mark.parametrize(
    ("fields", "facts", "expected"),
    [
        ({"title": ""}, {}, "title-missing"),
        ({"language": ""}, {}, "language-missing"),
        ({}, {"from_address": ""}, "from-missing"),
        ({"masthead": Masthead(name="The Courier", base_url="https://courier.example.org")}, {}, "imprint-missing"),
        ({}, {"number_problem": "No. 1971 is taken."}, "number"),
        ({}, {"asset_problems": (("block 2", "The picture is damaged."),)}, "file"),
        ({}, {"render_problem": "Too many merge fields."}, "render"),
    ],
)
def test_what_is_missing_blocks(findings: Any, fields: Any, facts: Any, expected: str) -> None:
    assert findings(facts, **fields)[expected].level == "block"


def test_an_empty_issue_is_a_warning(findings: Any) -> None:
    assert findings(body=())["body-empty"].level == "warn"


def test_a_gap_in_the_numbers_is_a_warning(findings: Any) -> None:
    assert findings({"number_gap": "No. 1980 leaves a gap."})["number-gap"].level == "warn"


@pytest.mark.parametrize(("leaves", "level"), [(True, "block"), (False, "warn")])
def test_a_public_address_on_this_machine_stops_mail_that_leaves(findings: Any, leaves: bool, level: str) -> None:
    masthead = dataclasses.replace(GOOD.masthead, base_url="http://127.0.0.1:8000")
    assert findings({"leaves": leaves}, masthead=masthead)["base-url-local"].level == level


@pytest.mark.parametrize(
    ("colours", "faint"),
    [
        ({"accent": "#1d4e89"}, False),
        ({"accent": "#ffd100"}, True),
        ({"night_accent": "#222244"}, True),
        ({"night_accent": "#9cc4f0"}, False),
    ],
)
def test_a_colour_that_is_too_faint_is_a_warning(findings: Any, colours: dict[str, str], faint: bool) -> None:
    found = findings(masthead=dataclasses.replace(GOOD.masthead, **colours))
    assert [finding.level for finding in found.values()] == (["warn"] if faint else [])
    assert ("contrast" in found) is faint


@pytest.mark.parametrize(("size", "expected"), [(79_000, None), (85_000, "mail-large"), (101_000, "mail-too-large")])
def test_a_mail_that_gmail_cuts_off_is_stopped(findings: Any, size: int, expected: str | None) -> None:
    rendered = render(GOOD)
    padding = "x" * (size - len(rendered.mail_html_full.encode()))
    heavy = dataclasses.replace(rendered, mail_html_full=rendered.mail_html_full.replace("</body>", f"{padding}</body>"))
    found = findings({"rendered": heavy})
    assert set(found) == ({expected} if expected else set())
    assert "mail-too-large" not in findings({"rendered": heavy, "mode": "excerpt"})


def test_heavy_pictures_are_a_warning(findings: Any) -> None:
    assert set(findings({"asset_bytes": 1_000_000, "attachment_bytes": 600_000})) == {"heavy"}


@pytest.mark.parametrize("part", ["mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt"])
def test_a_part_without_its_way_out_is_stopped(findings: Any, part: str) -> None:
    rendered = render(GOOD)
    spoiled = dataclasses.replace(rendered, **{part: getattr(rendered, part).replace("{{unsubscribe_url}}", "")})
    assert findings({"rendered": spoiled})["unsubscribe-missing"].level == "block"


def test_a_link_missing_in_the_text_part_is_stopped(findings: Any) -> None:
    rendered = render(GOOD)
    spoiled = dataclasses.replace(rendered, text_full=rendered.text_full.replace("https://example.org/yard", ""))
    assert findings({"rendered": spoiled})["text-links"].level == "block"


@pytest.mark.parametrize("tail", ["</div></body>", "<table></body>"])
def test_html_that_is_not_well_formed_is_stopped(findings: Any, tail: str) -> None:
    rendered = render(GOOD)
    spoiled = dataclasses.replace(rendered, mail_html_full=rendered.mail_html_full.replace("</body>", tail))
    assert findings({"rendered": spoiled})["html"].level == "block"
