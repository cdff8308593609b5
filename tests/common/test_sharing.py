"""Links to share and to follow."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from masthead.common.sharing import CHANNELS, NETWORKS, BadProfile, check_profile_url, share_links

URL = "https://courier.example/issues/1971/"
TITLE = "Salt & smoke: 100% “true”?"


def test_facebook_is_the_first_channel() -> None:
    assert next(iter(CHANNELS)) == "facebook"


def test_facebook_gets_the_address_and_nothing_else() -> None:
    link = share_links(["facebook"], url=URL, title=TITLE)[0]

    assert link.url == "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fcourier.example%2Fissues%2F1971%2F"


def test_links_come_in_the_order_asked_for_and_unknown_ones_not_at_all() -> None:
    assert [link.name for link in share_links(["telegram", "geocities", "facebook"], url=URL, title=TITLE)] == [
        "telegram",
        "facebook",
    ]


@pytest.mark.parametrize("name", CHANNELS)
def test_a_link_holds_the_values_percent_encoded(name: str) -> None:
    link = share_links([name], url=URL, title=TITLE, excerpt="One\r\nBcc: x@y")[0]

    assert link.url.isascii()
    assert not set(' "<>\r\n') & set(link.url)
    assert URL in unquote(link.url)
    assert "+" not in link.url


def test_a_mail_has_subject_excerpt_and_address() -> None:
    link = share_links(["email"], url=URL, title=TITLE, excerpt="Short.")[0]
    fields = parse_qs(urlsplit(link.url).query)

    assert fields == {"subject": [TITLE], "body": [f"Short.\r\n\r\n{URL}"]}


def test_a_post_on_bluesky_fits_into_300_characters() -> None:
    link = share_links(["bluesky"], url=URL, title="word " * 200)[0]

    text = parse_qs(urlsplit(link.url).query)["text"][0]
    assert len(text) <= 300
    assert text.endswith(f"… {URL}")


@pytest.mark.parametrize("network", NETWORKS)
def test_the_example_of_a_network_is_a_profile(network: str) -> None:
    assert check_profile_url(network, f" {NETWORKS[network].example} ") == NETWORKS[network].example


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "http://www.facebook.com/name",
        "https://www.facebook.com.evil.example/name",
        "https://www.facebook.com/name?next=//evil",
        "https://www.facebook.com/na me",
        "https://evil.example/https://www.facebook.com/name",
    ],
)
def test_what_is_no_profile_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadProfile, match=r"It looks like https://www\.facebook\.com/name\."):
        check_profile_url("facebook", url)


def test_an_unknown_network_is_refused_by_name() -> None:
    with pytest.raises(BadProfile, match="geocities"):
        check_profile_url("geocities", "https://geocities.example/x")
