"""Test mails of an issue."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from masthead.delivery import testing
from masthead.issues import drafting
from masthead.mail.models import SingleMail


def test_two_tests_of_an_issue_are_two_mails_to_a_mailbox(publication: Any, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_text("The boats are back.\n")
    issue = drafting.create_from_file(publication=publication, path=path, title="Boats", by="command line", now=now, byline="")
    for _ in range(2):
        testing.send_test(issue=issue, to=["owen@example.org"], by="staff:1", now=now)
    first, second = SingleMail.objects.values_list("message_id", flat=True)
    assert first != second
