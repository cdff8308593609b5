"""Links of mails: they lead only to what the edition links to (rule S15), and only with the token of that purpose (S11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from masthead.mail import sealing
from masthead.tracking.counting import Waiting
from masthead.web.hooks import links

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


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """What was noted; nothing writes it."""
    made = Waiting(lambda write: None)
    monkeypatch.setattr(links, "WAITING", made)
    return made


@pytest.fixture
def shared(delivery: Any, publication: Any) -> str:
    """The address of a link that all mails of the campaign have, while the publication counts."""
    publication.measuring = "links"
    publication.save(update_fields=["measuring"])
    delivery.campaign.shared_links = True
    delivery.campaign.save(update_fields=["shared_links"])
    numbers = {each["url"]: each["number"] for each in delivery.campaign.edition.links}
    return f"/l/{sealing.seal(sealing.CAMPAIGN_LINK, delivery.campaign_id)}/{numbers[TARGET]}"


def test_a_shared_link_leads_on_and_is_counted_unless_it_is_a_head(
    visitor: Client, shared: str, waiting: Waiting, delivery: Any
) -> None:
    assert visitor.head(shared)["Location"] == TARGET
    assert waiting.take() == []
    response = visitor.get(shared)
    assert (response.status_code, response["Location"], response["Referrer-Policy"]) == (302, TARGET, "no-referrer")
    assert not response.cookies
    assert [each.campaign for each in waiting.take()] == [delivery.campaign_id]


def test_counting_stops_at_once_and_the_link_still_leads_on(
    visitor: Client, shared: str, waiting: Waiting, publication: Any
) -> None:
    publication.measuring = "nothing"
    publication.save(update_fields=["measuring"])
    assert visitor.get(shared)["Location"] == TARGET
    assert waiting.take() == []


def test_a_shared_token_is_of_one_purpose_and_one_campaign(visitor: Client, shared: str, waiting: Waiting, delivery: Any) -> None:
    number = shared.rpartition("/")[2]
    wrong = [
        f"/l/{sealing.seal(sealing.CAMPAIGN_LINK, delivery.campaign_id + 1)}/{number}",
        f"/l/{sealing.seal(sealing.CAMPAIGN_LINK, delivery.campaign_id)}/999",
        f"/u/{sealing.seal(sealing.CAMPAIGN_LINK, delivery.campaign_id)}",
        f"/p/{sealing.seal(sealing.CAMPAIGN_LINK, delivery.campaign_id)}",
        shared.replace("/l/", "/l/x", 1),
    ]
    assert [visitor.get(each).status_code for each in wrong] == [404] * len(wrong)
    assert waiting.take() == []
    delivery.campaign.shared_links = False
    delivery.campaign.save(update_fields=["shared_links"])
    assert visitor.get(shared).status_code == 404


def test_visitors_are_told_whether_anything_is_counted(visitor: Client, publication: Any, delivery: Any) -> None:
    assert "No tracking" in visitor.get("/").content.decode()
    publication.measuring = "links"
    publication.save(update_fields=["measuring"])
    page = visitor.get("/").content.decode()
    assert "No tracking" not in page
    assert "How often links are followed is counted, never by whom" in page
