"""How exactly bounces are read: scores a folder of real samples, beside flufl.bounce and the plain DSN part in the same run.

`python benchmarks/bounces.py FOLDER [--held-back all|only|without] [--json]`

FOLDER holds `index.jsonl`, one object a sample: `path`, `kind` (bounce, arf, autoreply, delivered, anything else: no bounce)
and `expected`, a list of `{address, status, reason, hard, feedback_type | temporary}`. A third of the samples (by the SHA-1
of their path) was held back while the rules were written: `--held-back only` scores those, `without` the others.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from hashlib import sha1
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from masthead.bounces.reading.finding import Finding
from masthead.bounces.sandbox import Sandbox, Unread

#: A label → the kinds that are right. A warning that a mail is late was filed under "bounce" by those who labelled.
KINDS = {"bounce": ("bounce", "delayed"), "arf": ("complaint",), "autoreply": ("auto-reply",), "delivered": ("delivered",)}
NO_BOUNCE = ("other", "auto-reply", "delivered", "delayed")
#: Statuses by which the plain DSN part would call an address dead.
DEAD = re.compile(r"5\.(?:1\.(?:[0-369]|10)|2\.1|4\.4)$")


@dataclass
class Answer:
    """What one reader says of one sample."""

    kind: str = "other"
    address: str = ""
    status_class: str = ""
    dead: bool = False
    feedback_type: str = ""


@dataclass
class Score:
    """Counts of one reader."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    by_source: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_reason: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, what: str, is_right: bool) -> None:
        """One more of `what`."""
        self.asked[what] += 1
        self.right[what] += is_right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held-back", choices=("all", "only", "without"), default="all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = [json.loads(line) for line in (options.folder / "index.jsonl").read_text("utf-8").splitlines()]
    if options.held_back != "all":
        samples = [each for each in samples if is_held_back(each["path"]) == (options.held_back == "only")]
    scores = {"Masthead": Score(), "flufl.bounce": Score(), "DSN part": Score()}
    mails = [(options.folder / sample["path"]).read_bytes() for sample in samples]
    began = time.perf_counter()
    with Sandbox() as sandbox:
        findings = [sandbox.read(raw) for raw in mails]
    rate = len(mails) / (time.perf_counter() - began)
    for sample, raw, found in zip(samples, mails, findings, strict=True):
        judge(scores["Masthead"], sample, ours(found))
        judge(scores["flufl.bounce"], sample, flufl(raw))
        judge(scores["DSN part"], sample, dsn_part(raw))
    unread = sum(isinstance(found, Unread) for found in findings)
    show(scores, len(samples), rate, unread, as_json=options.json)


def is_held_back(path: str) -> bool:
    """Whether the sample took no part in writing the rules."""
    return int(sha1(path.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0


def judge(score: Score, sample: dict[str, Any], answer: Answer) -> None:
    """Compare one answer with its label."""
    expected = sample.get("expected") or []
    right_kind = answer.kind in KINDS.get(sample["kind"], NO_BOUNCE)
    score.count("kind", right_kind)
    source = re.sub(r"[-_]?\d*\.\w+$", "", Path(sample["path"]).name)
    score.by_source[source].update(samples=1, kind=right_kind)
    if sample["kind"] == "arf" and expected:
        score.count("complaint", right_kind and answer.feedback_type == expected[0]["feedback_type"])
    if sample["kind"] != "bounce" or not expected:
        if sample["kind"] != "bounce":
            score.count("no false bounce", answer.kind != "bounce")
        return
    named = [each for each in expected if (each["address"] or "").lower() == answer.address.lower()]
    score.count("address", bool(named))
    label = (named or expected)[0]
    status_class = "4" if label.get("temporary") else (label.get("status") or "")[:1]
    score.count("class", answer.status_class == status_class)
    score.by_source[source].update(address=bool(named), **{"class": answer.status_class == status_class})
    hard = label.get("hard")
    if hard is None:
        return
    score.count("dead or not", answer.dead == hard)
    score.by_reason[label["reason"]].update(samples=1, right=answer.dead == hard)
    if hard:
        score.count("dead, recall", answer.dead)
    if answer.dead:
        score.count("dead, precision", hard)


def ours(found: Finding | Unread) -> Answer:
    """Masthead's."""
    if isinstance(found, Unread):
        return Answer()
    return Answer(found.kind, found.address, found.status_class or "", found.dead, found.feedback_type)


def flufl(raw: bytes) -> Answer:
    """The answer of flufl.bounce: every permanent failure counts as dead, since it makes no difference."""
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception as error:  # noqa: BLE001  a reader that fails on a sample has no answer to it
        print(f"flufl.bounce: {type(error).__name__}", file=sys.stderr)
        return Answer()
    for found, status_class in ((permanent, "5"), (temporary, "4")):
        if found:
            first = sorted(found)[0]
            address = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
            return Answer("bounce", address, status_class, status_class == "5")
    return Answer()


def dsn_part(raw: bytes) -> Answer:
    """What the standard library makes of the part message/delivery-status, nothing else."""
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload() if isinstance(part.get_payload(), list) else []:
            if group.get("Final-Recipient") and "failed" in str(group.get("Action", "")).lower():
                address = str(group["Final-Recipient"]).partition(";")[2].strip(" <>")
                status = str(group.get("Status", "")).strip()
                return Answer("bounce", address, status[:1], DEAD.match(status) is not None)
    return Answer()


def show(scores: dict[str, Score], samples: int, rate: float, unread: int, *, as_json: bool) -> None:
    """Print the tables."""
    questions = ("kind", "no false bounce", "complaint", "address", "class", "dead or not", "dead, precision", "dead, recall")
    if as_json:
        table = {
            name: {what: [score.right[what], score.asked[what]] for what in questions if score.asked[what]}
            for name, score in scores.items()
        }
        print(json.dumps({"samples": samples, "per_second": round(rate), "unread": unread, **table}))
        return
    print(f"{samples} samples, {rate:.0f} a second in one sandbox, {unread} unread\n")
    print(f"{'':18}" + "".join(f"{name:>24}" for name in scores))
    for what in questions:
        cells = [f"{score.right[what]:>4} of {score.asked[what]:>3} {share(score, what)}" for score in scores.values()]
        print(f"{what:18}" + "".join(f"{cell:>24}" for cell in cells))
    mine = scores["Masthead"]
    print("\nby reason (dead or not: right of all)")
    for reason, counts in sorted(mine.by_reason.items()):
        others = [scores[name].by_reason[reason]["right"] for name in ("flufl.bounce", "DSN part")]
        print(f"  {reason:18}{counts['right']:>4} of {counts['samples']:>3}   flufl {others[0]:>3}   DSN part {others[1]:>3}")
    print("\nby source (right of all: kind, address, class)")
    for source, counts in sorted(mine.by_source.items()):
        print(f"  {source:28}{counts['samples']:>4}{counts['kind']:>6}{counts['address']:>6}{counts['class']:>6}")


def share(score: Score, what: str) -> str:
    return f"{100 * score.right[what] / score.asked[what]:5.1f} %" if score.asked[what] else "      –"


if __name__ == "__main__":
    main()
