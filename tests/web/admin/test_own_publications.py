"""Who is limited to some publications sees and touches nothing of the others, on whatever screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from masthead.audience.models import MailingList, Reconfirmation, Subscriber
from masthead.audit.models import Entry
from masthead.delivery import campaigns
from masthead.issues import assigning
from masthead.issues.models import Issue, Publication
from masthead.team.models import Role, User
from masthead.web.admin.own_publications import SUBJECTS, readers_known_to, subject_of
from tests.web.admin.conftest import form_of

pytestmark = pytest.mark.django_db

#: Routes with something in them that belongs to no publication: people, readers, lists, servers, mails, the library, one's own.
#: Whole words: a route that only begins like one of these has to say whose it is.
NOBODYS = re.compile(
    r"(desk_((welcome|person|message|mailbox|transport|provider|reader|attribute|suppressed|sign_up|segment|finding|webhook|own_rule"
    r"|list_new|import|manuscript|bulk|unmerge)(e?s)?(_\w+)?|file|report(_decide|_source)?)"
    r"|(account|mfa)_\w+|wagtail\w*|contributors)$"
)


@pytest.fixture
def quai(now: Any) -> Publication:
    made = Publication.objects.create(
        name="Le Quai", slug="quai", language="fr", from_address="quai@example.org", base_url="https://quai.example"
    )
    made.lists.add(MailingList.objects.create(name="Les lecteurs", slug="lecteurs"))
    return made


@pytest.fixture
def limited(at_desk: Callable[[Role], Client], quai: Publication, now: Any) -> Client:
    """The browser of an editor who works on Le Quai alone."""
    client = at_desk(Role.EDITOR)
    assigning.assign(person=User.objects.get(role=Role.EDITOR), publications=[quai], by="staff:1", now=now)
    return client


def routes() -> Iterator[tuple[str, str]]:
    """Path and route (or first namespace) of everything below /desk/."""

    def walk(resolver: URLResolver, path: str, space: str) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            here = path + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield here, space or entry.name or ""
            else:
                yield from walk(entry, here, space or entry.namespace or "")

    yield from ((path, name) for path, name in walk(get_resolver(), "", "") if path.startswith("desk/"))


def test_every_route_with_something_in_it_says_whose_that_is() -> None:
    unsaid = {name for path, name in routes() if "<" in path and subject_of(name) is None and not NOBODYS.match(name)}
    assert unsaid == set()
    assert set(SUBJECTS) <= {name for _path, name in routes()}


def test_screens_of_another_publication_are_not_there(
    limited: Client, issue: Issue, publication: Publication, reader: Any
) -> None:
    now = timezone.now()
    campaign = campaigns.publish_and_send(issue=issue, lists=list(publication.lists.all()), starts_at=now, by="system", now=now)
    paths = [
        f"/desk/issues/edit/{issue.pk}/",
        f"/desk/issues/history/{issue.pk}/",
        f"/desk/issues/delete/{issue.pk}/",
        f"/desk/issues/look/{issue.pk}/",
        f"/desk/issues/look/{issue.pk}/findings/",
        f"/desk/issues/send/{issue.pk}/",
        f"/desk/issues/sending/{campaign.pk}/",
        f"/desk/issues/report/{campaign.pk}/",
        f"/desk/issues/manuscript/?into={issue.pk}",
        f"/desk/publications/{publication.pk}/",
        f"/desk/bulk/issues/issue/delete/?id={issue.pk}",
        f"/desk/snippets/choose/issues/issue/chosen/{issue.pk}/",
    ]
    assert {limited.get(path).status_code for path in paths} == {404}
    assert limited.post(f"/desk/issues/sending/{campaign.pk}/act/", {"act": "pause"}).status_code == 404
    assert limited.post(f"/desk/issues/lock/{issue.pk}/").status_code == 404
    assert limited.post(f"/desk/issues/report/{campaign.pk}/export/").status_code == 404
    campaign.shared_links = campaign.tracks_readers = True
    campaign.save(update_fields=["shared_links", "tracks_readers"])
    assert limited.post(f"/desk/issues/report/{campaign.pk}/clicks/").status_code == 404
    assert limited.post(f"/desk/issues/report/{campaign.pk}/readers/").status_code == 404
    for path in ("/desk/", "/desk/issues/", "/desk/issues/?q=tide", "/desk/publications/", "/desk/issues/add/"):
        shown = limited.get(path, follow=True).content.decode()
        assert "The tide tables" not in shown, path
        assert "The Courier" not in shown, path


def test_lists_of_another_publication_are_not_there(
    limited: Client, publication: Publication, quai: Publication, now: Any
) -> None:
    theirs, mine = publication.lists.get(), quai.lists.get()
    everybodys = MailingList.objects.create(name="Neighbours", slug="neighbours")
    asked = Reconfirmation.objects.create(list=theirs, by="staff:1", sender={}, per_minute=1, days=9, started_at=now)
    shown = limited.get("/desk/lists/").content.decode()
    assert f"/desk/lists/{theirs.pk}/" not in shown
    assert mine.name in shown
    assert everybodys.name in shown
    for path in ("/desk/lists/{}/", "/desk/lists/{}/mails/", "/desk/lists/{}/mails/welcome/", "/desk/lists/{}/reconfirm/"):
        answers = [limited.get(path.format(entry.pk)).status_code for entry in (theirs, mine, everybodys)]
        assert answers == [404, 200, 200], path
    assert limited.get(f"/desk/lists/reconfirmations/{asked.pk}/").status_code == 404
    form = limited.get("/desk/sign-up/new/").content.decode()
    assert f'value="{mine.pk}"' in form
    assert f'value="{theirs.pk}"' not in form


def test_a_new_issue_cannot_be_put_into_another_publication(limited: Client, publication: Publication, quai: Publication) -> None:
    data = form_of(limited, "/desk/issues/add/") | {"title": "Le phare", "publication": str(publication.pk)}
    assert limited.post("/desk/issues/add/", data).status_code == 302
    assert Issue.objects.get().publication == quai


def test_what_they_make_is_theirs(limited: Client, publication: Publication) -> None:
    data = {
        "name": "La Plume",
        "language": "fr",
        "time_zone": "UTC",
        "next_number": "1",
        "from_address": "plume@example.org",
        "accent": "#8a1c3b",
    }
    answer = limited.post("/desk/publications/new/", data)
    assert limited.get(answer["Location"]).status_code == 200


def test_an_issue_goes_to_the_lists_of_its_publication(owner_at_desk: Client, issue: Issue, quai: Publication) -> None:
    MailingList.objects.create(name="Neighbours", slug="neighbours")
    page = owner_at_desk.get(f"/desk/issues/send/{issue.pk}/").content.decode()
    assert "Neighbours" in page
    assert "Les lecteurs" not in page
    data = {"lists": [quai.lists.get().pk], "mail_mode": "full", "when": "now", "typed_number": "1971"}
    assert owner_at_desk.post(f"/desk/issues/send/{issue.pk}/", data).status_code == 422


def test_the_owner_limits_and_frees(owner_at_desk: Client, at_desk: Any, issue: Issue, quai: Publication) -> None:
    author = at_desk(Role.AUTHOR)
    person = User.objects.get(role=Role.AUTHOR)
    url = f"/desk/people/{person.pk}/"
    assert author.get(f"/desk/issues/edit/{issue.pk}/").status_code == 200
    owner_at_desk.post(url, {"act": "publications", "publications": [quai.pk]})
    assert author.get(f"/desk/issues/edit/{issue.pk}/").status_code == 404
    assert "Le Quai" in owner_at_desk.get("/desk/people/").content.decode()
    owner_at_desk.post(url, {"act": "publications"})
    assert list(assigning.publications_of(person)) == []
    owner_at_desk.post(url, {"act": "publications", "all": "yes"})
    assert author.get(f"/desk/issues/edit/{issue.pk}/").status_code == 200
    kept = Entry.objects.filter(action="staff assigned").order_by("pk")
    assert [entry.details["publications"] for entry in kept] == ["Le Quai", "", "all"]


def test_an_owner_cannot_be_limited(owner_at_desk: Client, issue: Issue, quai: Publication) -> None:
    owner = User.objects.get(role=Role.OWNER)
    owner_at_desk.post(f"/desk/people/{owner.pk}/", {"act": "publications", "publications": [quai.pk]})
    assert assigning.limited_to(owner) is None
    assert owner_at_desk.get(f"/desk/issues/edit/{issue.pk}/").status_code == 200


def test_an_issue_is_looked_at_as_readers_of_ones_own_publications_alone(
    limited: Client, publication: Publication, quai: Publication, reader: Subscriber, make_subscriber: Any, owner_at_desk: Client
) -> None:
    theirs = make_subscriber("rive@example.org", quai.lists.get())
    of_none = make_subscriber("both@example.org", MailingList.objects.create(name="News of the house", slug="house"))
    assert set(readers_known_to(User.objects.get(role=Role.EDITOR))) == {theirs, of_none}
    assert set(readers_known_to(User.objects.get(role=Role.OWNER))) == {reader, theirs, of_none}


def test_who_was_limited_and_became_owner_sees_all(limited: Client, issue: Issue) -> None:
    User.objects.filter(role=Role.EDITOR).update(role=Role.OWNER)
    person = User.objects.get(role=Role.OWNER)
    limited.force_login(person)
    assert limited.get(f"/desk/issues/edit/{issue.pk}/").status_code == 200
