"""Links of mails: they lead only to what the edition links to (rule S15), and only with the token of that purpose (S11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from masthead.mail import sealing
from masthead.tracking.counting import Waiting, count
from masthead.tracking.models import Reading
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


@pytest.fixture
def own(delivery: Any, publication: Any) -> tuple[str, str]:
    """Link and pixel of the one mail of a reader whose publication keeps what those who agreed do."""
    publication.measuring = "readers"
    publication.save(update_fields=["measuring"])
    delivery.campaign.tracks_readers = delivery.campaign.shared_links = True
    delivery.campaign.save(update_fields=["tracks_readers", "shared_links"])
    numbers = {each["url"]: each["number"] for each in delivery.campaign.edition.links}
    return address(delivery, numbers[TARGET]), f"/o/{sealing.seal(sealing.OPENED, delivery.pk)}.gif"


def test_links_and_pixels_of_one_mail_are_noted_for_it(
    visitor: Client, own: tuple[str, str], waiting: Waiting, delivery: Any
) -> None:
    for each in own:
        visitor.head(each)
    assert waiting.take() == []
    link, pixel = (visitor.get(each) for each in own)
    assert link["Location"] == TARGET
    assert (pixel.status_code, pixel["Content-Type"], pixel["Cache-Control"]) == (200, "image/gif", "no-store")
    assert not link.cookies
    assert not pixel.cookies
    assert [(each.delivery, each.number == 0) for each in waiting.take()] == [(delivery.pk, False), (delivery.pk, True)]
    assert visitor.post(own[1]).status_code in (403, 405)


def test_the_pixel_tells_nothing_about_a_token(visitor: Client, own: tuple[str, str], waiting: Waiting, delivery: Any) -> None:
    wrong = [
        own[1].replace("/o/", "/o/x", 1),
        f"/o/{sealing.seal(sealing.LINK, delivery.pk)}.gif",
        f"/o/{sealing.seal(sealing.OPENED, 0)}.gif",
        "/o/x.gif",
        f"/o/{'a' * 34}.gif",
    ]
    answers = set()
    for each in wrong:
        answer = visitor.get(each)
        answers.add((answer.status_code, answer.content, str(sorted(answer.headers.items()))))
    assert waiting.take() == []
    right = visitor.get(own[1])
    assert answers == {(right.status_code, right.content, str(sorted(right.headers.items())))}
    # A number nobody has is noted, too, and comes to nothing when it is counted.
    visitor.get(f"/o/{sealing.seal(sealing.OPENED, delivery.pk + 1)}.gif")
    taken = waiting.take()
    assert len(taken) == 2
    count(taken)
    assert not Reading.objects.exists()


def test_a_link_of_one_mail_is_not_a_pixel_and_the_other_way_round(visitor: Client, own: tuple[str, str], delivery: Any) -> None:
    number = own[0].rpartition("/")[2]
    assert visitor.get(f"/l/{sealing.seal(sealing.OPENED, delivery.pk)}/{number}").status_code == 404
    assert visitor.get(f"/u/{sealing.seal(sealing.OPENED, delivery.pk)}").status_code == 404
    assert visitor.get(f"/p/{sealing.seal(sealing.OPENED, delivery.pk)}").status_code == 404


def test_links_of_their_own_are_noted_for_readers_of_a_tracked_sending_alone(
    visitor: Client, own: tuple[str, str], waiting: Waiting, delivery: Any
) -> None:
    delivery.campaign.tracks_readers = False
    delivery.campaign.save(update_fields=["tracks_readers"])
    assert visitor.get(own[0])["Location"] == TARGET
    assert waiting.take() == []


def test_visitors_are_told_whether_anything_is_counted(visitor: Client, publication: Any, delivery: Any) -> None:
    assert "No tracking" in visitor.get("/").content.decode()
    publication.measuring = "links"
    publication.save(update_fields=["measuring"])
    page = visitor.get("/").content.decode()
    assert "No tracking" not in page
    assert "How often links are followed is counted, never by whom" in page
