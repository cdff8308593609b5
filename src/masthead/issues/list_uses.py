"""Which publications a list belongs to, for whoever is about to delete it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.audience.list_deleting import ALSO_USE, Use
from masthead.audience.models import MailingList
from masthead.issues.models import Publication


def of_list(mailing_list: MailingList) -> Iterator[Use]:
    """The publications that go to the list."""
    names = tuple(Publication.objects.filter(lists=mailing_list).order_by("name").values_list("name", flat=True))
    if names:
        yield Use(_("Publications go to it"), names)


def register() -> None:
    """Enter it."""
    ALSO_USE["publications"] = of_list
