"""The comparison of a relay's log with a ledger, without processes."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.cli.drill.oracle import Finding, LedgerRow, compare
from masthead.mail.sink import fault_shares

QUEUED, ACCEPTED, REJECTED, UNCERTAIN = 0, 3, 4, 8


def dot(to: str, **more: Any) -> dict[str, Any]:
    return {"at": 100.0, "to": to, "id": f"<{to}>", "digest": "d", "taken": True, "told": True, "fault": "", **more}


def found(log: list[dict[str, Any]], *rows: tuple[Any, ...], **more: Any) -> Finding:
    return compare(log, [LedgerRow(*row) for row in rows], **more)


def test_one_copy_each_is_what_we_want() -> None:
    finding = found([dot("a"), dot("b")], ("a", ACCEPTED, 0), ("b", ACCEPTED, 0), ("c", REJECTED, 0))
    assert finding.breaches(crashed_lanes=0) == []
    assert (finding.readers, finding.duplicates, finding.message_ids) == (3, 0, 1)


@pytest.mark.parametrize(
    ("log", "rows", "words"),
    [
        ([], [("a", QUEUED, 0)], "lost"),
        ([], [("a", ACCEPTED, 0)], "the relay never took it"),
        ([dot("a", taken=False, told=False, fault="lost before")], [("a", ACCEPTED, 0)], "the relay never took it"),
        ([dot("a"), dot("a")], [("a", ACCEPTED, 0)], "more copies than the ledger named"),
        ([dot("a"), dot("a")], [("a", ACCEPTED, 1)], "1 duplicates, allowed were 0"),
        ([dot("a"), dot("a", id="<other>")], [("a", ACCEPTED, 1)], "more than one Message-ID"),
        ([dot("a"), dot("a", digest="other")], [("a", ACCEPTED, 1)], "copies that differ"),
        ([dot("a"), dot("x")], [("a", ACCEPTED, 0)], "not in the ledger"),
        ([dot("a")], [("a", QUEUED, 0)], "still open"),
        ([dot("a")], [("a", UNCERTAIN, 0)], "1 uncertain, at most 0"),
    ],
)
def test_each_broken_promise_is_said(log: list[dict[str, Any]], rows: list[tuple[str, int, int]], words: str) -> None:
    assert words in "; ".join(found(log, *rows).breaches(crashed_lanes=0))


def test_a_kill_and_a_lost_answer_allow_one_copy_each_and_hold_allows_none() -> None:
    log = [dot("a"), dot("a"), dot("b", told=False, fault="lost"), dot("b"), {"at": 1.0, "connection": 1, "cut": "body"}]
    finding = found(log, ("a", ACCEPTED, 1), ("b", ACCEPTED, 1))
    assert (finding.duplicates, finding.lost_replies, finding.unanswered) == (2, 1, 2)
    assert finding.breaches(crashed_lanes=1) == []
    assert "duplicates" in "; ".join(finding.breaches(crashed_lanes=1, hold=True))


def test_a_repeat_that_is_another_mail_is_said_and_is_no_second_uncertain_one() -> None:
    finding = found([dot("a")], ("a", UNCERTAIN, 1, True))
    assert finding.uncertain == 1
    assert finding.breaches(crashed_lanes=1) == ["not the same mail when it was made again: a"]


def test_an_answer_that_a_reset_took_along_is_a_lost_one() -> None:
    finding = found([dot("a"), {"at": 100.1, "connection": 1, "cut": "answer"}, dot("a")], ("a", ACCEPTED, 1))
    assert finding.breaches(crashed_lanes=0) == []


def test_a_dot_later_than_a_second_after_leaving_is_late() -> None:
    log = [dot("a", at=101.1), dot("b", at=100.9)]
    finding = found(log, ("a", ACCEPTED, 0), ("b", ACCEPTED, 0), left_at={"a": 100.0, "b": 100.0})
    assert finding.late == ["a"]


def test_faults_are_one_share_or_one_for_each_stage() -> None:
    assert fault_shares("3")["dot"] == 3
    assert "quit" not in fault_shares("3")
    assert fault_shares("dot=5, rcpt=2.5") == {"dot": 5, "rcpt": 2.5}
    for wrong in ("much", "nowhere=3", "dot=101", "dot="):
        with pytest.raises(ValueError, match=r"stage|percentage|between"):
            fault_shares(wrong)
