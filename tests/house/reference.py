"""Writes the reference pages that follow from the code: `python -m tests.house.reference` (or bin/docs). A test compares them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def pages() -> dict[Path, str]:
    """Path → what must stand there."""
    return {
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "commands.md": commands_page(),
    }


def settings_page() -> str:
    """Every setting with its default and its help."""
    import masthead.config.settings  # noqa: F401  declares them
    from masthead.config.environment import DECLARED

    lines = [
        "# Settings",
        "",
        "Operators' choices come from the environment; editors' choices are made in the desk. A wrong value stops the start with",
        "one sentence that says which and why. A secret may also stand in a file: set the name with `_FILE` at its end to",
        "its path.",
        "",
        "| setting | default | what it is |",
        "|---|---|---|",
    ]
    for setting in sorted(DECLARED.values(), key=lambda each: each.name):
        default = f"`{setting.default}`" if setting.default else "empty"
        secret = " *(secret: also as `_FILE`)*" if setting.secret else ""
        lines.append(f"| `{setting.name}` | {default} | {setting.help}{secret} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help."""
    from masthead.cli.main import masthead

    lines = [
        "# Commands",
        "",
        "In a checkout the command is `bin/masthead`. Exit status: 0 when done, 1 when not (a sentence on standard error says",
        "why), 2 for a wrong option or setting. `--json` writes for programs; progress goes to standard error, and only to a",
        "terminal.",
    ]
    for path, command in walk("masthead", masthead):
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        lines += ["", f"## {path}", "", "```", command.get_help(context), "```"]
    return "\n".join(lines) + "\n"


def walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """All commands that are not hidden, parents first."""
    if command.hidden:
        return
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk(f"{path} {name}", command.commands[name])


def main() -> None:
    """Write the pages."""
    import django

    django.setup()
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
