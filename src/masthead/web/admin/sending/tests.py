"""Test mails from the send desk: to oneself, to people at the desk, to typed addresses; as one reader, if wished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from masthead.audience.models import Subscriber
from masthead.audit.models import Entry
from masthead.common.addresses import BadAddress, normalise
from masthead.delivery import testing
from masthead.issues import readiness, reading
from masthead.issues.models import Issue
from masthead.issues.rendering.edition import CannotRender
from masthead.issues.rendering.merge import TooManyFields
from masthead.mail.address_words import why_not
from masthead.mail.encoding.slots import BadMail
from masthead.team.models import User
from masthead.team.roles import may, requires
from masthead.web.admin.own_publications import readers_known_to
from masthead.web.admin.sending import choices
from masthead.web.admin.staff import staff
from masthead.web.admin.words import name_of

#: Addresses that one test may go to: enough for a row of mail programs, too few for a mailing.
MOST = 20


class TestForm(forms.Form):
    """To whom a test goes, and what of the mail it shows. Names begin with `test_`: it shares its page with the sending."""

    test_to = forms.ModelMultipleChoiceField(User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    test_addresses = forms.CharField(
        required=False, label=gettext_lazy("And to these addresses"), widget=forms.Textarea(attrs={"rows": 2})
    )
    test_like = forms.CharField(required=False, max_length=320, label=gettext_lazy("As the reader with this address"))
    test_mode = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Length"),
        choices=[
            ("", gettext_lazy("as it will be sent")),
            ("full", gettext_lazy("the full issue")),
            ("excerpt", gettext_lazy("an excerpt")),
        ],
    )
    test_format = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Format"),
        choices=[("html", gettext_lazy("pictures and layout")), ("text", gettext_lazy("text only"))],
    )

    def __init__(self, person: User, data: Any = None) -> None:
        self.person = person
        super().__init__(data, initial={"test_to": [person.pk]})
        self.sees_readers = may(person, "readers.view")
        to: Any = self.fields["test_to"]
        to.queryset = User.objects.filter(is_active=True).order_by("name", "pk")
        if not self.sees_readers:
            del self.fields["test_like"]

    def clean_test_addresses(self) -> list[str]:
        """Each address, normalised."""
        found: list[str] = []
        for text in str(self.cleaned_data["test_addresses"]).replace(",", "\n").replace(";", "\n").splitlines():
            if not text.strip():
                continue
            try:
                found.append(normalise(text.strip()).address)
            except BadAddress as error:
                raise ValidationError(f"{text.strip()}: {why_not(error)}") from error
        return found

    def clean_test_like(self) -> Subscriber | None:
        """The reader with exactly this address."""
        text = str(self.cleaned_data["test_like"]).strip()
        if not text:
            return None
        try:
            found = readers_known_to(self.person).filter(address_key=normalise(text).key).first()
        except BadAddress as error:
            raise ValidationError(f"{text}: {why_not(error)}") from error
        if found is None:
            raise ValidationError(_("There is no reader with this address."))
        return found

    def clean(self) -> dict[str, Any]:
        """At least one address, not more than MOST."""
        values: dict[str, Any] = super().clean() or {}
        count = len(values.get("test_to") or ()) + len(values.get("test_addresses") or ())
        if not count and not self.errors:
            raise ValidationError(_("Say to whom the test goes."))
        if count > MOST:
            raise ValidationError(_("A test may go to %(most)s addresses at most.") % {"most": MOST})
        return values


_TONES = {messages.ERROR: "bad", messages.SUCCESS: "good", messages.INFO: "quiet"}


@require_POST
@requires("campaigns.send")
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test, or say why not: a piece of the send desk, or back to it."""
    issue, now = reading.newest(get_object_or_404(Issue, pk=pk)), timezone.now()
    form = TestForm(staff(request), request.POST)
    if form.is_valid():
        said = _send(request, issue, form.cleaned_data, now)
    else:
        said = [(messages.ERROR, str(problem)) for problems in form.errors.values() for problem in problems]
    if request.headers.get("HX-Request"):
        return render(
            request,
            "web_admin/sending/tests.html",
            context_of(request, issue, now) | {"tests": form, "tests_said": [(_TONES[level], words) for level, words in said]},
        )
    for level, words in said:
        messages.add_message(request, level, words)
    return choices.back(request, pk, "tests")


def context_of(request: HttpRequest, issue: Issue, now: datetime) -> dict[str, object]:
    """What the piece about tests shows."""
    return {
        "issue": issue,
        "tests": TestForm(staff(request)),
        "tests_made": made(issue, now=now),
        "sees_readers": may(request.user, "readers.view"),
    }


def _send(request: HttpRequest, issue: Issue, values: dict[str, Any], now: datetime) -> list[tuple[int, str]]:
    """What to say about it, with the levels of `django.contrib.messages`."""
    person, like = staff(request), values.get("test_like")
    of_staff = {user.email: user.get_full_name() for user in values["test_to"]}
    typed = [address for address in values["test_addresses"] if address not in of_staff]
    common: dict[str, Any] = {
        "issue": issue,
        "by": person.actor,
        "now": now,
        "mail_mode": values["test_mode"] or None,
        "mail_format": values["test_format"] or "html",
        "like": like,
    }
    try:
        queued = [mail for address, name in of_staff.items() for mail in testing.send_test(to=[address], name=name, **common)]
        queued += testing.send_test(to=typed, to_staff=False, **common) if typed else []
    except (CannotRender, TooManyFields, BadMail, BadAddress) as error:
        return [(messages.ERROR, why_not(error))]
    names = ", ".join([*of_staff, *typed])
    said = [(messages.SUCCESS, _("A test is on its way to %(address)s.") % {"address": names})]
    if typed and not issue.publication.is_live:
        said.append((messages.INFO, _("In test mode the addresses you typed are written to in the built-in inbox alone.")))
    return said


@dataclass(frozen=True)
class Made:
    """A test that was made."""

    at: datetime
    who: str
    to: str
    #: Whether it showed what the newest draft says.
    same: bool


def made(issue: Issue, *, now: datetime) -> list[Made]:
    """The last tests of `issue`, newest first, with whether their text is the present one."""
    entries = list(Entry.objects.filter(action="issue.tested", subject=f"issue:{issue.pk}").order_by("-id")[:8])
    if not entries:
        return []
    present = readiness.fingerprint(issue, now=now)
    return [
        Made(entry.at, name_of(entry.by), ", ".join(entry.details.get("to", [])), entry.details.get("text") == present)
        for entry in entries
    ]
