"""What an answer, or its absence, means for a row: the table of the SMTP faults as pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from masthead.delivery.ledger.entries import Result, Wish
from masthead.delivery.ledger.rows import Row
from masthead.delivery.models import Campaign, Delivery
from masthead.delivery.retry import wait_after
from masthead.mail.message import Message
from masthead.mail.transports.base import Refused, Reply, Stage, TransportError

State = Delivery.State
_ACCEPTED = int(State.ACCEPTED)  # looking up a member takes as long as all the rest of an ordinary answer

#: Of a relay's words so much is kept: enough for any real answer, little enough that a million of them stay small.
MOST_WORDS = 300
_MOST_WORDS_ACCEPTED = 120
#: Why a repeat was held.
CHANGED = "uncertain: held, because the mail to this reader would not be the same as at the first attempt"


@dataclass(slots=True)
class Mail:
    """One rendered row on its way. `claimed`: the ledger says SENDING, with this hand-over's attempt number."""

    row: Row
    message: Message
    dated: int
    claimed: bool = False

    @property
    def wish(self) -> Wish:
        """What is asked of the gate."""
        row = self.row
        return Wish(row.id, row.range_id, row.attempt + 1, self.dated, self.message.digest)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign says about trying again: its policy, its deadline and the first wait, both in seconds."""

    policy: str
    deadline: int
    first_wait: float


def answered(mail: Mail, stage: Stage, reply: Reply, rules: Rules, *, at: int, jitter: float) -> Result:
    """The relay's `reply` to the dot, or to a command before it."""
    if stage == "dot" and 200 <= reply.code < 300:
        row, this = mail.row, mail.row.attempt + 1
        words = f"{reply.enhanced} {reply.text}".strip()[:_MOST_WORDS_ACCEPTED]
        return Result(
            row.id, row.range_id, this if mail.claimed else row.attempt, this, _ACCEPTED, at, reply.code, words, None, 0
        )
    if reply.permanent:
        return _result(mail, State.REJECTED, at, reply.code, _words(reply))
    if reply.temporary:
        return _again(mail, rules, at, jitter, reply.code, _words(reply), rules.first_wait)
    return lost(mail, reply_made_no_sense(stage, reply), rules, at=at, jitter=jitter)


def refused(mail: Mail, refusal: Refused, rules: Rules, *, at: int, jitter: float) -> Result:
    """The relay refused the mail before its body; "unsendable" is the fault of the mail or of what the relay lacks."""
    if refusal.stage == "unsendable":
        return _result(mail, State.SKIPPED, at, None, f"unsendable: {refusal.reply.text}")
    return answered(mail, refusal.stage, refusal.reply, rules, at=at, jitter=jitter)


def lost(mail: Mail, error: TransportError, rules: Rules, *, at: int, jitter: float) -> Result:
    """The connection ended. Before the dot it is certain that the mail was not taken; after it nobody can know."""
    soon = min(5.0, rules.first_wait)
    if not error.after_dot:
        return _again(mail, rules, at, jitter, None, error.text, soon)
    words = f"uncertain: {error.text}"
    if rules.policy == Campaign.Policy.HOLD:
        return _result(mail, State.UNCERTAIN, at, None, words)
    # Named here, durably, before it can be sent again: `repeats` is never taken back.
    again = _again(mail, rules, at, jitter, None, words, soon)
    if again.state == State.EXPIRED:
        return _result(mail, State.UNCERTAIN, at, None, words)
    return again._replace(repeat=1)


def changed(mail: Mail, *, at: int) -> Result:
    """Its bytes are not those of the uncertain attempt before: a repeat could be a second, different mail. A person decides."""
    return _result(mail, State.UNCERTAIN, at, None, CHANGED)


def unsendable(row: Row, why: str, *, at: int) -> Result:
    """No mail can be made for this reader."""
    return Result(
        row.id, row.range_id, row.attempt, row.attempt, State.SKIPPED, at, None, f"unsendable: {why}"[:MOST_WORDS], None, 0
    )


def reply_made_no_sense(stage: Stage, reply: Reply) -> TransportError:
    """An answer of a class that this stage cannot have."""
    return TransportError(f"The mail server answered {reply}.", stage=stage, after_dot=stage == "dot", reply=reply)


def _again(mail: Mail, rules: Rules, at: int, jitter: float, code: int | None, words: str, first: float) -> Result:
    retry_at = at + wait_after(mail.row.attempt + 1, first=first, jitter=jitter)
    if retry_at > rules.deadline:
        return _result(mail, State.EXPIRED, at, code, words)
    return _result(mail, State.DEFERRED, at, code, words, retry_at)


def _result(mail: Mail, state: int, at: int, code: int | None, words: str, retry_at: int | None = None) -> Result:
    row = mail.row
    this = row.attempt + 1
    now_there = this if mail.claimed else row.attempt
    return Result(row.id, row.range_id, now_there, this, int(state), at, code, words[:MOST_WORDS], retry_at, 0)


def _words(reply: Reply) -> str:
    return f"{reply.enhanced} {reply.text}".strip()
