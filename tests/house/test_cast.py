"""The cast stands on the stage."""

from typing import Any

import pytest


@pytest.mark.django_db
def test_reader_and_leaver_are_on_the_list_of_the_publication(publication: Any, reader: Any, leaver: Any) -> None:
    (mailing_list,) = publication.lists.all()
    states = dict(mailing_list.subscriptions.values_list("subscriber__name", "state"))
    assert states == {"Rosa Marin": "active", "Leo Vance": "left"}


@pytest.mark.django_db
def test_editor_and_owner_may_sign_in(editor: Any, owner: Any) -> None:
    assert editor.check_password("a quiet morning tide")
    assert owner.role == "owner"
