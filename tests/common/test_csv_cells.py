"""Cells that a spreadsheet must not calculate."""

import pytest

from masthead.common.csv_cells import defuse


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("http://evil")'])
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "rosa@example.org", "Rosa = Marin", "a-b"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defuse(cell) == cell
