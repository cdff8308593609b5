"""Test mails of an issue."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Collection

from masthead.delivery import testing
from masthead.issues import attaching, drafting, freezing, frozen_files
from masthead.issues.models import Issue
from masthead.mail.encoding.slots import BadMail
from masthead.mail.models import SingleMail


def test_two_tests_of_an_issue_are_two_mails_to_a_mailbox(publication: Any, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_text("The boats are back.\n")
    issue = drafting.create_from_file(publication=publication, path=path, title="Boats", by="command line", now=now, byline="")
    for _ in range(2):
        testing.send_test(issue=issue, to=["owen@example.org"], by="staff:1", now=now)
    first, second = SingleMail.objects.values_list("message_id", flat=True)
    assert first != second


def test_a_document_that_is_to_be_attached_is(publication: Any, now: datetime, tmp_path: Path, settings: Any) -> None:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    if Collection.get_first_root_node() is None:  # Wagtail's migrations make it; tests may run without them
        Collection.add_root(name="Root")
    document = get_document_model().objects.create(title="Tides", file=ContentFile(b"%PDF-1.4 tides", name="tides.pdf"))

    def block(**more: Any) -> dict[str, Any]:
        return {"type": "file", "value": {"document": document.pk, "label": "", "attach": True, **more}}

    issue = Issue.objects.create(
        publication=publication, title="Boats", body=[block(), block(), block(label="Not here", only="web")]
    )
    testing.send_test(issue=issue, to=["owen@example.org"], by="staff:1", now=now)
    mail = email.message_from_bytes(bytes(SingleMail.objects.get().raw), policy=email.policy.default)
    assert [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()] == [("Tides.pdf", b"%PDF-1.4 tides")]
    edition = freezing.freeze(issue=issue, by="staff:1", now=now)
    (kept,) = edition.head["attached"]
    assert [each.data for each in attaching.loaded([kept])] == [b"%PDF-1.4 tides"]
    frozen_files.path_of(kept["file"]).unlink()  # type: ignore[union-attr]
    with pytest.raises(BadMail, match=r"Tides\.pdf"):
        attaching.loaded([kept])
