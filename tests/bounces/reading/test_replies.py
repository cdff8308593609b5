"""What servers answer, a line each in tests/fixtures/mail/replies.txt, within the notices of several programs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from masthead.bounces.reading.finding import DEAD, REASONS
from masthead.bounces.reading.reading import read
from tests.bounces.reading import frames

TO = "liv@mailbox.example"
TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "mail" / "replies.txt"


class Reply(NamedTuple):
    """A line of the table."""

    reasons: tuple[str, ...]
    dead: bool
    whose: str
    text: str


def _table() -> Iterator[Reply]:
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            reasons, state, whose, text = line.split(" | ", 3)
            yield Reply(tuple(reasons.split("/")), state == "dead", whose, frames.fill(text, TO))


ALL = list(_table())


@pytest.mark.parametrize(("frame", "replies"), [(frames.postfix, ALL), (frames.exim, ALL[::3]), (frames.qmail, ALL)])
def test_an_answer_to_the_recipient_is_judged_as_its_server_means_it(
    frame: Callable[[str, str], bytes], replies: list[Reply]
) -> None:
    wrong = []
    for reply in replies:
        found = read(frame(TO, reply.text))
        alike = found.reason in reply.reasons or (reply.dead and found.reason in DEAD)
        seen = (found.kind, found.address, found.status_class, found.dead)
        if seen != ("bounce", TO, reply.text[0], reply.dead) or not alike:
            wrong.append((reply, seen, found.reason))
    assert wrong == []


@pytest.mark.parametrize("frame", [frames.report_alone, frames.form_letter])
def test_without_the_command_it_answered_no_reply_makes_a_living_address_dead(frame: Callable[[str, str], bytes]) -> None:
    wrong = []
    for reply in ALL:
        found = read(frame(TO, reply.text))
        told = not reply.dead or found.dead or found.reason in DEAD or not re.match(r"\d\d\d.[45]\.\d", reply.text)
        if found.kind != "bounce" or found.address != TO or (found.dead and not reply.dead) or not told:
            wrong.append((reply, found.kind, found.address, found.dead, found.reason))
    assert wrong == []


def test_what_is_said_of_the_sender_makes_no_reader_dead() -> None:
    # Whoever speaks of the recipient at MAIL FROM has waited with the answer: those are left out.
    vague = [reply for reply in ALL if reply.dead and not re.search("recipient|rcpt", reply.text, re.I)]
    assert len(vague) > 50
    assert [reply for reply in vague if read(frames.refused_sender(TO, reply.text)).dead] == []


def test_the_table_holds_known_reasons_and_both_kinds_of_answers() -> None:
    assert {reason for reply in ALL for reason in reply.reasons} <= set(REASONS)
    assert sum(reply.dead for reply in ALL) > 100
    assert sum(not reply.dead for reply in ALL) > 200
