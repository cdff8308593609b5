"""The table of public paths."""

import pytest

from masthead.common.tokens import Sealer
from masthead.common.urls import PATHS, absolute, local_file, path


def test_values_are_percent_encoded() -> None:
    assert path("issue", number=1971) == "/issues/1971/"
    assert path("issue_language", number=1971, language="fa/../x") == "/issues/1971/fa%2F..%2Fx/"
    assert absolute("https://news.example.org/", "unsubscribe", token="abc") == "https://news.example.org/u/abc"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        path("nothing")


def test_a_link_in_a_header_stays_short() -> None:
    """Deliverability: the URL of List-Unsubscribe has at most 70 characters, on a host of up to 25."""
    host = "https://" + "n" * 13 + ".example.org"
    assert len(absolute(host, "unsubscribe", token=Sealer(b"key", "unsubscribe").seal(2**40 - 1))) <= 70
    in_headers = [
        pattern for name, pattern in PATHS.items() if "{token}" in pattern and name not in {"link", "opened", "webhook"}
    ]
    assert max(map(len, in_headers)) <= len("/u/{token}")


def test_no_two_names_share_a_path() -> None:
    assert len(set(PATHS.values())) == len(PATHS)


@pytest.mark.parametrize(
    ("url", "base", "local"),
    [
        ("https://x.example/m/a.jpg", "https://x.example", "/m/a.jpg"),
        ("https://x.example/courier/m/a.jpg", "https://x.example/courier/", "/courier/m/a.jpg"),
        ("https://x.example/m/a.jpg", "https://x.example/courier", "https://x.example/m/a.jpg"),
        ("https://y.example/m/a.jpg", "https://x.example", "https://y.example/m/a.jpg"),
        ("https://x.example.evil.example/m/a.jpg", "https://x.example", "https://x.example.evil.example/m/a.jpg"),
        ("https://x.example/issues/1970/", "https://x.example", "https://x.example/issues/1970/"),
    ],
)
def test_only_a_publications_own_file_is_named_from_the_root_of_its_host(url: str, base: str, local: str) -> None:
    assert local_file(url, base=base) == local
