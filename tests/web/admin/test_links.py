"""The link button must lead to a chooser that is open."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from wagtail.rich_text import features

pytestmark = pytest.mark.django_db


def test_a_new_link_asks_for_an_address(client: Any, owner: Any) -> None:
    urls = features.get_editor_plugin("draftail", "link").data["chooserUrls"]
    assert urls["pageChooser"] == reverse("wagtailadmin_choose_page_external_link")
    client.force_login(owner)
    for url in {str(url) for url in urls.values()}:
        answer = client.get(url)
        assert answer.status_code == 200
        assert "Internal link" not in answer.json()["html"]
