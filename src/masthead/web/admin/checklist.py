"""What a new install still lacks, line by line, each with the way to do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from masthead.audience.models import SignUpForm, Subscriber
from masthead.audit.models import Entry
from masthead.delivery.models import Campaign
from masthead.issues.models import Edition, Issue, Publication
from masthead.issues.publications import reasons_against_going_live
from masthead.mail.transports import choosing
from masthead.team.models import User
from masthead.team.roles import may


@dataclass(frozen=True)
class Todo:
    """One line of the checklist. `url` is where it is done."""

    text: str
    done: bool
    url: str


def checklist_of(person: User, publications: list[Publication]) -> Iterator[Todo]:
    """What a new install still lacks; the list is not shown again once all is done."""
    first = publications[0] if publications else None
    yield Todo(_("Write the first issue"), Issue.objects.count() > 1 or Edition.objects.exists(), reverse("desk_issues"))
    yield Todo(_("Send it to yourself or rehearse it"), _tried(), reverse("desk_issues"))
    publication_url = reverse("desk_publication", args=[first.pk]) if first else reverse("desk_publications")
    yield Todo(_("Fill in the imprint"), bool(first and first.imprint.strip()), publication_url + "#sender")
    if may(person, "transports.edit"):
        yield Todo(_("Decide how mail leaves"), _mail_leaves(), reverse("desk_transports"))
    if may(person, "readers.edit"):
        yield Todo(_("Bring in your readers"), _has_readers(), reverse("desk_imports"))
    if may(person, "lists.edit"):
        yield Todo(_("Make a sign-up form for your site"), SignUpForm.objects.exists(), reverse("desk_sign_up_forms"))
    if may(person, "team.manage"):
        yield Todo(_("Invite a colleague"), User.objects.filter(is_active=True).count() > 1, reverse("desk_people"))
    yield Todo(_("Add a second factor to your sign-in"), Authenticator.objects.filter(user=person).exists(), reverse("mfa_index"))
    ready = bool(first and not first.is_live and not reasons_against_going_live(first))
    live = bool(first and first.is_live)
    yield Todo(_("Go live") if live or ready else _("Go live, once the above is done"), live, publication_url + "#mode")


def _tried() -> bool:
    return Campaign.objects.exists() or Entry.objects.filter(action="issue.tested").exists()


def _has_readers() -> bool:
    """Somebody beside the people who work here, who were put on the list to try things out."""
    staff = [address.casefold() for address in User.objects.values_list("email", flat=True)]
    return Subscriber.objects.exclude(address_key__in=staff).exists()


def _mail_leaves() -> bool:
    return choosing.current(timezone.now()).kind != "inbox"
