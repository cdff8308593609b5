"""Progress bars on standard error: moving ones for people, nothing for programs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def bar(title: str, *, total: int | None, show: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar that the yielded function advances by a number of steps. Hidden when standard error is not a terminal."""
    with meter(title, show=show) as update:
        done = 0

        def advance(steps: int) -> None:
            nonlocal done
            done += steps
            update(done, total)

        update(0, total)
        yield advance


@contextlib.contextmanager
def meter(title: str, *, show: bool = True) -> Iterator[Callable[[int, int | None], None]]:
    """A bar that the yielded function sets to `done` of `total`."""
    if not show or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
