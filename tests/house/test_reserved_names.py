"""What is committed names nobody and no machine: addresses are of reserved domains (RFC 2606, RFC 6761), paths are nobody's."""

import re
import subprocess

from tests.house.layers import ROOT

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b")
RESERVED = re.compile(r"(^|\.)(example(\.(org|com|net))?|test|invalid|localhost)$")
HOME = re.compile(r"(?<![\w.-])/(?:home|root|Users|work)/[a-z]")
REGISTRY = re.compile(r"(?i)--(?:extra-)?index-url|pypi\.[a-z]+/simple|trusted-host")
TEXT = {".py", ".md", ".html", ".txt", ".toml", ".sh", ".in", ".cfg", ".css", ".js", ".json", ".csv", ".eml", ""}


def committed() -> dict[str, str]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [ROOT / name for name in names]
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8", "replace")
        for path in paths
        if path.suffix in TEXT and path.is_file()
    }


def test_addresses_are_of_reserved_domains() -> None:
    wrong = [
        f"{name}: {found.group()}"
        for name, text in committed().items()
        if name.startswith(("src/", "docs/", "README", "CHANGELOG", "CONTRIBUTING"))
        for found in ADDRESS.finditer(text)
        if not RESERVED.search(found.group(1).lower())
    ]
    assert wrong == []


def test_nothing_names_a_machine_or_a_registry() -> None:
    own = "tests/house/test_reserved_names.py"
    wrong = [
        f"{name}: {found.group()}"
        for name, text in committed().items()
        if name != own
        for pattern in (HOME, REGISTRY)
        for found in pattern.finditer(text)
    ]
    assert wrong == []


def test_no_state_of_an_install_is_committed() -> None:
    kept = [name for name in committed() if name.endswith((".key", ".sqlite3", ".port", ".lock"))]
    assert kept == []
