"""A reader's own links: they lead only to what the edition links to (rule S15), and only with the token of that purpose (S11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from masthead.mail import sealing

pytestmark = pytest.mark.django_db
TARGET = "https://example.org/tables?week=48&from=mail"


@pytest.fixture
def delivery(publish: Any, deliver: Any, reader: Any, mailing_list: Any) -> Any:
    page = f'<p>The <a href="{TARGET.replace("&", "&amp;")}">tide tables</a> and <a href="mailto:x@example.org">we</a>.</p>'
    return deliver(publish(1971, text=page), reader, mailing_list)


def address(delivery: Any, number: int = 1, purpose: str = sealing.LINK) -> str:
    return f"/l/{sealing.seal(purpose, delivery.pk)}/{number}"


def test_a_link_leads_on_and_says_nothing_about_the_reader(visitor: Client, delivery: Any) -> None:
    numbers = {each["url"]: each["number"] for each in delivery.campaign.edition.links}
    response = visitor.get(address(delivery, numbers[TARGET]))
    assert response.status_code == 302
    assert response["Location"] == TARGET
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert visitor.post(address(delivery, numbers[TARGET])).status_code in (403, 405)


def test_numbers_and_tokens_that_are_not_of_this_mail_lead_nowhere(visitor: Client, delivery: Any) -> None:
    numbers = {each["url"]: each["number"] for each in delivery.campaign.edition.links}
    wrong = [
        address(delivery, 99),
        address(delivery, purpose=sealing.UNSUBSCRIBE),
        address(delivery).replace("/l/", "/l/a", 1),
        f"/l/{sealing.seal(sealing.LINK, delivery.pk + 1)}/1",
        f"/l/{sealing.seal(sealing.LINK, 0)}/1",
        *(address(delivery, number) for url, number in numbers.items() if url.startswith("mailto:")),
    ]
    assert [visitor.get(each).status_code for each in wrong] == [404] * len(wrong)
    assert "Location" not in visitor.get(address(delivery, 99) + "?url=https://evil.example")
