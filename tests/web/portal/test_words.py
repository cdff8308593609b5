"""The reader's pages in the reader's language, to the last word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from masthead.audience.models import Subscriber
from masthead.mail import sealing
from tests.web.pages import parsed

pytestmark = pytest.mark.django_db
#: Names, which no language translates.
NAMES = {
    "https", "http", "example", "org", "new", "courier", "rss", "json", "feed", "atom", "facebook", "mastodon", "social", "name",
    "server", "rosa", "marin", "english", "français", "español", "deutsch", "nina", "issues", "the", "issn",
}  # fmt: skip


def latin_words(response: Any) -> set[str]:
    page = parsed(response)
    text = " ".join([page.get_text(" "), *(e["aria-label"] for e in page.select("[aria-label]"))])
    return {word.lower() for word in re.findall(r"[A-Za-zçñ]{3,}", text)} - NAMES


@pytest.fixture
def persian(publication: Any, mailing_list: Any) -> Any:
    publication.name, publication.tagline, publication.language, publication.imprint = "پیک", "خبر", "fa", "بندر"
    publication.save()
    mailing_list.name = "پیک"
    mailing_list.save()
    return publication


def test_a_persian_publication_says_nothing_in_english(
    visitor: Client, persian: Any, publish: Any, deliver: Any, reader: Any, mailing_list: Any, patient: Callable[[], str]
) -> None:
    edition = publish(1971, "جزر و مد", language="fa", excerpt="کشتی", text="<p>کشتی</p>")
    publish(1970, "نمک", language="fa", excerpt="", text="<p>نمک</p>", visibility="readers", slug="s")
    publish(1966, "پیشین", language="fa", excerpt="", text="<p>نمک</p>", slug="p")
    delivery = deliver(edition, reader, mailing_list)
    Subscriber.objects.update(language="fa", name="")
    unsubscribe = f"/u/{sealing.seal(sealing.UNSUBSCRIBE, delivery.pk)}"
    pages = ["/", "/issues/", "/issues/?q=x", "/issues/1971/", "/issues/1970/", "/share/mastodon/1971/?server=no", "/nowhere"]
    pages += ["/subscribe/", "/sign-in/", "/c/x", "/s/x", unsubscribe, f"/p/{sealing.seal(sealing.PREFERENCES, delivery.pk)}"]
    pages += [f"/u/{sealing.seal(sealing.UNSUBSCRIBE, 0)}"]
    for path in pages:
        response = visitor.get(path)
        assert parsed(response).html["dir"] == "rtl"
        assert latin_words(response) == set(), path
    posts = [("/subscribe/", {"address": "nina@example.org"}), ("/subscribe/", {"address": ""})]
    posts += [("/sign-in/", {"address": "nina@example.org"}), ("/sign-in/", {"address": "nina@example.org", "code": "1"})]
    posts += [(unsubscribe, {"action": "leave"}), (unsubscribe, {"action": "undo"})]
    for path, data in posts:
        assert latin_words(visitor.post(path, {**data, "stamp": patient()})) == set(), (path, data)
    session = visitor.session
    session["reader_id"], session["reader_since"] = reader.pk, timezone.now().isoformat()
    session.save()
    for path in ("/account/", "/account/erase/"):
        assert latin_words(visitor.get(path)) == set(), path
