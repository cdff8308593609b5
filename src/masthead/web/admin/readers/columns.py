"""The columns of the list of readers: each person at the desk chooses their own, and finds them again."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from masthead.audience.models import Attribute
from masthead.team import screen_choices
from masthead.team.models import User
from masthead.team.roles import requires
from masthead.web.admin.readers.filter_form import FilterForm
from masthead.web.admin.staff import staff

#: The name of the choice.
CHOICE = "readers.columns"
#: By the name of the column, in the order in which they stand. Attributes come after them, as "attribute-city".
COLUMNS: Mapping[str, str | Promise] = {
    "lists": _("Lists"),
    "tags": _("Tags"),
    "since": _("Since"),
    "source": _("Came by"),
    "gets": _("Gets"),
    "language": _("Language"),
    "domain": _("Domain"),
    "note": _("Note"),
}
USUAL = ("lists", "since", "source", "gets")


def offered(attributes: list[Attribute]) -> dict[str, str | Promise]:
    """All there are, with their words."""
    return {**COLUMNS, **{f"attribute-{each.key}": each.label for each in attributes}}


def chosen_by(person: User, there_are: Mapping[str, object]) -> list[str]:
    """Those that a person chose and that still exist, in the order of all; the usual ones for who never chose."""
    kept = screen_choices.recall(user=person, name=CHOICE)
    wanted = kept if isinstance(kept, list) else USUAL
    return [name for name in there_are if name in wanted]


@require_POST
@requires("readers.view")
def columns(request: HttpRequest) -> HttpResponse:
    """Remember the columns that were ticked, and back to the list as it was filtered."""
    there_are = offered(list(Attribute.objects.all()))
    wanted = [name for name in request.POST.getlist("column") if name in there_are]
    screen_choices.remember(user=staff(request), name=CHOICE, value=wanted)
    carried = FilterForm(request.POST).carried()
    return redirect(f"{reverse('desk_readers')}?{urlencode(carried)}" if carried else "desk_readers")
