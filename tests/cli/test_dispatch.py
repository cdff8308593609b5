"""What `masthead send` makes of its words."""

from datetime import UTC, datetime

import pytest

from masthead.cli.dispatch import parse_time
from masthead.cli.starting import CommandError
from masthead.issues.models import Publication

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BERLIN = Publication(time_zone="Europe/Berlin")


def test_a_time_is_one_of_the_publications_zone() -> None:
    assert parse_time("2026-12-01 08:00", BERLIN, now=NOW) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
    assert parse_time("2026-12-01T08:00+00:00", BERLIN, now=NOW) == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert parse_time(None, BERLIN, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tomorrow", "is not a time"),
        ("2026-02-28 08:00", "is past"),
        ("2026-03-29 02:30", "does not exist"),
        ("2026-10-25 02:30", "comes twice"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        parse_time(text, BERLIN, now=NOW)
