"""The docs say what is, and nothing that is gone."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house import reference
from tests.house.layers import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "requirements").glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    ]
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SETTING = re.compile(r"\bMASTHEAD_[A-Z][A-Z_]*[A-Z]\b")
COMMAND = re.compile(r"^(?:\$ |bin/)?masthead ([a-z][a-z -]*)", re.MULTILINE)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", reference.pages(), ids=name_of)
def test_the_reference_is_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == reference.pages()[path], "run bin/docs"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    missing = []
    for target in LINK.findall(text):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, anchor = unquote(target).partition("#")
        page = (path.parent / file).resolve() if file else path
        if not page.exists() or (anchor and page.suffix == ".md" and anchor not in anchors(page)):
            missing.append(target)
    assert missing == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_setting_that_is_named_exists(path: Path) -> None:
    from masthead.config.environment import DECLARED

    known = {name for declared in DECLARED for name in (declared, declared + "_FILE")} | {"MASTHEAD_PYTHON"}
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_command_that_is_shown_exists(path: Path) -> None:
    known = {command for command, _ in reference.walk("masthead", reference_root())}
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        for words in COMMAND.findall(block):
            first, *rest = words.split()
            assert f"masthead {first}" in known
            if any(command.startswith(f"masthead {first} ") for command in known):
                assert f"masthead {first} {rest[0]}" in known


def reference_root():  # type: ignore[no-untyped-def]
    from masthead.cli.main import masthead

    return masthead


def test_every_state_is_documented_and_no_other() -> None:
    from masthead.delivery.models import Campaign, Delivery

    page = (ROOT / "docs" / "reference" / "states.md").read_text(encoding="utf-8")
    campaign, delivery = page.split("\n## ")[1:3]
    rows = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)
    assert dict(rows.findall(campaign)) == {state.value: str(state.label) for state in Campaign.State}
    assert dict(rows.findall(delivery)) == {state.name.lower(): str(state.label) for state in Delivery.State}


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in folder.glob("0*.md"))
    assert records == sorted(re.findall(r"\((0\d+[^)]+\.md)\)", index))


def test_every_kind_and_reason_of_a_bounce_is_documented_and_no_other() -> None:
    from masthead.bounces.reading.finding import KINDS, REASONS

    page = (ROOT / "docs" / "reference" / "bounces.md").read_text(encoding="utf-8")
    kinds, reasons = page.split("\n## ")[1:3]
    rows = re.compile(r"^\| `([\w-]+)` \| ([^|]+) \|", re.MULTILINE)
    assert dict(rows.findall(kinds)) == KINDS
    assert dict(rows.findall(reasons)) == REASONS
