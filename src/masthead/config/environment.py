"""Settings from the environment: one prefix, typed readers, secrets also from files, and a table the docs are tested against."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

PREFIX = "MASTHEAD_"

T = TypeVar("T")


class SettingError(Exception):
    """A setting has a value Masthead cannot start with. The text names the setting, the value's fault and the way out."""

    #: What the command line ends with.
    exit_code = 2


@dataclass(frozen=True)
class Setting:
    """One documented setting: `name` with its prefix, `default` as an operator would write it, `help` in one sentence."""

    name: str
    default: str
    help: str
    secret: bool = False


DECLARED: dict[str, Setting] = {}


def text(name: str, default: str = "", *, help: str, secret: bool = False) -> str:
    """The value of MASTHEAD_<name>. A secret may also stand in the file that MASTHEAD_<name>_FILE names.

    Raises SettingError when both are set or the file cannot be read.
    """
    full = PREFIX + name
    DECLARED[full] = Setting(full, default, help, secret)
    value = os.environ.get(full)
    if not secret:
        return default if value is None else value
    path = os.environ.get(full + "_FILE")
    if path is None:
        return default if value is None else value
    if value is not None:
        raise SettingError(f"{full} and {full}_FILE are both set; keep one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{full}_FILE names {path}, which cannot be read: {error}.") from error


def parsed(name: str, default: str, parse: Callable[[str], T], *, help: str, secret: bool = False) -> T:
    """The value of MASTHEAD_<name> as `parse` understands it; `parse` raises ValueError with a reason an operator can act on."""
    value = text(name, default, help=help, secret=secret)
    try:
        return parse(value)
    except ValueError as error:
        shown = "a secret that is not shown" if secret else repr(value)
        raise SettingError(f"{PREFIX}{name} is {shown}: {error}.") from error


def number(name: str, default: int, *, help: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number between `least` and `most`."""

    def parse(value: str) -> int:
        try:
            found = int(value)
        except ValueError:
            raise ValueError("it must be a whole number") from None
        if not least <= found <= most:
            raise ValueError(f"it must lie between {least} and {most}")
        return found

    return parsed(name, str(default), parse, help=help)


def switch(name: str, default: bool, *, help: str) -> bool:
    """Yes or no: 1, true, yes, on or 0, false, no, off."""

    def parse(value: str) -> bool:
        folded = value.strip().lower()
        if folded in {"1", "true", "yes", "on"}:
            return True
        if folded in {"0", "false", "no", "off", ""}:
            return False
        raise ValueError("it must be yes or no")

    return parsed(name, "yes" if default else "no", parse, help=help)


def choice(name: str, default: str, options: tuple[str, ...], *, help: str) -> str:
    """One of `options`."""

    def parse(value: str) -> str:
        if value not in options:
            raise ValueError(f"it must be one of {', '.join(options)}")
        return value

    return parsed(name, default, parse, help=help)


def words(name: str, default: str, *, help: str) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default, help=help).split(",") if word.strip()]
