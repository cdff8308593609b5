"""Invented mails in many dialects, each with a line on what is odd in it, in tests/fixtures/mail."""

import json
from pathlib import Path

import pytest

from masthead.bounces.reading.reading import read

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "mail"
SAMPLES = [json.loads(line) for line in (FOLDER / "index.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["path"].removesuffix(".eml"))
def test_the_mail_is_read_for_what_it_is(sample: dict[str, object]) -> None:
    found = read((FOLDER / str(sample["path"])).read_bytes())
    seen = {
        "kind": found.kind,
        "address": found.address.lower(),
        "class": found.status_class,
        "dead": found.dead,
        "reason": found.reason,
        "feedback_type": found.feedback_type,
        "original": found.original_recipient,
        "message_id": found.message_id,
        "token": found.tokens[0] if found.tokens else "",
    }
    said = {name: value for name, value in sample.items() if name in seen and value is not None}
    assert {name: seen[name] for name in said} == said


def test_every_mail_is_in_the_index_and_says_what_is_odd() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.eml")) == sorted(sample["path"] for sample in SAMPLES)
    assert all(sample["odd"] for sample in SAMPLES)
