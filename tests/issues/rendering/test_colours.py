"""Colours that can be read."""

from __future__ import annotations

import pytest

from masthead.issues.rendering.colours import INK, NIGHT_INK, NIGHT_PAPER, NIGHT_QUIET, PAPER, QUIET, contrast, readable

ACCENTS = ["#000000", "#ffffff", "#ffff00", "#1d4e89", "#ff0000", "#00ff00", "#777777", "#fa0", "red", ""]


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("ground", [PAPER, "#f5f2ec", NIGHT_PAPER, "#282623"])
def test_any_accent_can_be_read_on_any_ground(accent: str, ground: str) -> None:
    assert contrast(readable(accent, on=ground), ground) >= 4.5


def test_an_accent_that_can_be_read_is_left_alone() -> None:
    assert readable("#1d4e89", on=PAPER) == "#1d4e89"


def test_ink_and_quiet_words_can_be_read_by_day_and_night() -> None:
    assert min(contrast(INK, PAPER), contrast(NIGHT_INK, NIGHT_PAPER)) > 7
    assert min(contrast(QUIET, "#f2efe9"), contrast(NIGHT_QUIET, "#131210")) > 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
