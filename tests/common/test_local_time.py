"""Local times and the moments they mean."""

from datetime import UTC, datetime

import pytest

from masthead.common.local_time import BadLocalTime, moment_of


def test_a_plain_time_is_one_moment() -> None:
    assert moment_of(datetime.fromisoformat("2027-01-07T09:00"), "Europe/Paris") == datetime(2027, 1, 7, 8, 0, tzinfo=UTC)


def test_a_skipped_time_is_refused() -> None:
    with pytest.raises(BadLocalTime, match="does not exist") as refused:
        moment_of(datetime.fromisoformat("2027-03-28T02:30"), "Europe/Paris")
    assert not refused.value.doubled


def test_a_repeated_time_is_refused() -> None:
    with pytest.raises(BadLocalTime, match="comes twice") as refused:
        moment_of(datetime.fromisoformat("2027-10-31T02:30"), "Europe/Paris")
    assert refused.value.doubled
