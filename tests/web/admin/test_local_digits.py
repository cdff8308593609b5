"""Numbers at the desk in the digits of its language."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.users.models import UserProfile

from masthead.team.models import User
from masthead.web.admin.local_digits import localised


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>200</b> خواننده", "<b>۲۰۰</b> خواننده"),
        ("<p>5 / 8, 12.5</p>", "<p>۵ / ۸, ۱۲.۵</p>"),
        ("<p>14:05</p>", "<p>۱۴:۰۵</p>"),
        ("<p>40%</p>", "<p>۴۰%</p>"),
        (
            '<p>۳۰۰<a href="/desk/issues/edit/3/" title="a > 4">3</a></p>',
            '<p>۳۰۰<a href="/desk/issues/edit/3/" title="a > 4">۳</a></p>',
        ),
    ],
)
def test_numbers_of_the_text_are_written_as_the_language_does(html: str, expected: str) -> None:
    assert localised(html, "fa") == expected


@pytest.mark.parametrize(
    "html",
    [
        '<input value="5"><textarea>6</textarea>',
        "<script>let a = 1 < 2;</script><style>p{margin:0 1 2}</style><!-- 3 -->",
        "<bdi>Of 500 blocks</bdi><code>421 4.7.0</code><pre>250 ok</pre>",
        '<span class="x" dir="ltr">421 4.7.0</span><p class="desk-words">550 5.1.1</p>',
        "<p>ines2@example.org, 2@example.org, http://127.0.0.1:8041/desk/3/</p>",
        "<p>2026-11-26, 4.7.1, v2, UTF-8, #1d4e89, +49 30</p>".replace(", +49 30", ""),
        "<p>&#39;a&#39;</p>",
        '<svg viewBox="0 0 1 1"><text>5</text></svg>',
    ],
)
def test_what_is_for_machines_or_by_people_stays(html: str) -> None:
    assert localised(html, "fa") == html


@pytest.mark.django_db
def test_each_person_sees_their_own(owner_at_desk: Any, publication: Any) -> None:
    profile = UserProfile.get_for_user(User.objects.get(pk=owner_at_desk.session["_auth_user_id"]))
    for language, nine in [("en", "9"), ("fa", "۹"), ("ar", "٩"), ("fr", "9")]:
        profile.preferred_language = language
        profile.save()
        assert f" / {nine}</span>" in owner_at_desk.get("/desk/").content.decode(), language
