"""A screen that a role may not open."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from masthead.team import people
from masthead.team.models import Role, User
from masthead.team.roles import MissingRight, requires
from masthead.web.admin.permissions import write_group_permissions
from masthead.web.admin.refusals import MissingRightMiddleware


@requires("team.manage")
def people_screen(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody")


def ask(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/desk/people/")
    request.user = user
    return request


def test_who_is_not_signed_in_is_sent_to_the_door() -> None:
    answer = people_screen(ask(AnonymousUser()))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/sign-in/login/?next=")


@pytest.mark.django_db
def test_a_missing_right_is_named_with_who_has_it() -> None:
    write_group_permissions()
    author = User.objects.create_user(email="a@example.org", role=Role.AUTHOR)
    author.groups.set([people.group_of(Role.AUTHOR)])
    request = ask(author)
    with pytest.raises(MissingRight) as caught:
        people_screen(request)
    answer = MissingRightMiddleware(people_screen).process_exception(request, caught.value)
    assert answer is not None
    assert answer.status_code == 403
    text = " ".join(answer.content.decode().split())
    assert "Your role may not look after people and roles." in text
    assert "These roles may: Owner." in text


def test_other_errors_are_left_alone() -> None:
    assert MissingRightMiddleware(people_screen).process_exception(ask(AnonymousUser()), ValueError()) is None
