"""Noticing that the clock was set back."""

from __future__ import annotations

import pytest

from masthead.common.clock_watch import ClockWatch


class Clocks:
    """Two clocks, of which one can be set."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_800_000_000.0, 50.0

    def pass_by(self, seconds: float, *, set_by: float = 0.0) -> None:
        """Time goes on, and the wall clock is set meanwhile."""
        self.steady += seconds
        self.wall += seconds + set_by


@pytest.mark.parametrize(
    ("passed", "set_by", "noticed"), [(10, 0, False), (10, -3600, True), (10, -2, False), (86_400, 3600, False), (0, -6, True)]
)
def test_only_setting_it_back_is_noticed(passed: float, set_by: float, noticed: bool) -> None:
    clocks = Clocks()
    watch = ClockWatch(wall=lambda: clocks.wall, steady=lambda: clocks.steady)
    clocks.pass_by(passed, set_by=set_by)
    assert watch.was_set_back() is noticed
    clocks.pass_by(10)
    assert watch.was_set_back() is False, "it is told once"
