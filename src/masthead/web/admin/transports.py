"""How mail leaves: the servers and the built-in inbox, what they do now, and single mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.mail import allowances, single
from masthead.mail.models import Provider, SingleMail, Slowdown, Transport
from masthead.mail.pacing.limits import Limits
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.sender import Sender
from masthead.mail.transports import choosing, configuring
from masthead.team.models import User
from masthead.team.roles import requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.staff import staff

_SHOWN = 8


@dataclass(frozen=True)
class Server:
    """One row of the table. `share` in percent of what all servers in use take; None for one that is not in use."""

    transport: Transport
    share: int | None
    limits: str
    plan: str
    last_hour: int
    last_day: int
    rests: bool


@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def transports(request: HttpRequest) -> HttpResponse:
    """The ways out. A POST takes a server into use or out of it, keeps all mail in the inbox, or sends a test mail."""
    if request.method == "POST":
        _act(request, request.POST.get("act", ""), staff(request), timezone.now())
        return redirect("desk_transports")
    return render(request, "web_admin/mail/transports.html", {"title": _("How mail leaves"), **_state(timezone.now())})


def _act(request: HttpRequest, act: str, person: User, now: datetime) -> None:
    if act == "inbox":
        configuring.use_inbox(by=person.actor, now=now)
        messages.success(request, _("All mail stays in the built-in inbox now."))
    elif act in {"use", "unuse"}:
        transport = get_object_or_404(configuring.own_servers(), pk=_number(request.POST.get("server", "")))
        configuring.use(transport=transport, yes=act == "use", by=person.actor, now=now)
        said = _("Mail leaves by %(name)s now.") if act == "use" else _("Mail does not leave by %(name)s any more.")
        messages.success(request, said % {"name": transport.name})
    elif act == "test":
        single.queue(
            kind="test",
            to=person.email,
            subject=_("Test mail from Masthead"),
            text=_("If you can read this, mail leaves as you have set it up."),
            sender=_voice(),
            now=now,
            to_staff=True,
        )
        messages.success(request, _("A test mail to %(address)s is on its way; see below.") % {"address": person.email})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _state(now: datetime) -> dict[str, object]:
    try:
        current = choosing.current(now)
        trouble = ""
    except SealedUnderAnotherKeyError as error:
        current, trouble = choosing.inbox_config(), str(error)
    rows = list(configuring.own_servers())
    names = {row.pk: row.name for row in rows}
    return {
        "current": current,
        "current_limits": limits_in_words(current.limits),
        "trouble": trouble,
        "by_environment": bool(settings.SMTP_URL),
        "inbox_runs": choosing.inbox_config().port != 0,
        "servers": _servers(rows, now),
        "others_take_over": len([row for row in rows if row.in_use]) > 1,
        "slowdowns": [(slow, names.get(slow.transport, "MASTHEAD_SMTP_URL")) for slow in Slowdown.objects.order_by("provider")],
        "providers": [(each, limits_in_words(each.limits)) for each in Provider.objects.all()],
        "publications": Publication.objects.select_related("quiet_hours").order_by("name"),
        "recent": SingleMail.objects.defer("raw").order_by("-pk")[:_SHOWN],
    }


def _servers(rows: Sequence[Transport], now: datetime) -> list[Server]:
    weights = sum(row.weight for row in rows if row.in_use)
    moment = allowances.database_now()
    servers = []
    for row in rows:
        hour, day = allowances.used(allowances.transport_scope(row.pk), now=moment)
        servers.append(
            Server(
                transport=row,
                share=round(100 * row.weight / weights) if row.in_use else None,
                limits=limits_in_words(row.limits),
                plan=plan_in_words(row),
                last_hour=hour,
                last_day=day,
                rests=row.in_use and row.rests_until is not None and row.rests_until > now,
            )
        )
    return servers


def limits_in_words(limits: Limits) -> str:
    """ "10 a second, 5,000 a day"; empty without a limit."""
    spans = (
        (limits.per_second, _("%(n)s a second")),
        (limits.per_minute, _("%(n)s a minute")),
        (limits.per_hour, _("%(n)s an hour")),
        (limits.per_day, _("%(n)s a day")),
    )
    return ", ".join(words % {"n": Counted(number)} for number, words in spans if number)


def plan_in_words(row: Transport) -> str:
    """Where a warm-up plan stands; empty without one."""
    if row.plan is None:
        return ""
    ceiling = row.plan.ceiling(row.warmup_level)
    if ceiling is None:
        return _("Warm-up is over.")
    days = row.plan.length() - row.warmup_level
    return ngettext(
        "Warm-up: at most %(ceiling)s today, over after %(days)s more day of sending.",
        "Warm-up: at most %(ceiling)s today, over after %(days)s more days of sending.",
        days,
    ) % {"ceiling": Counted(ceiling), "days": days}


def _voice() -> Sender:
    """A publication's, since a relay may take mail only from its addresses; before there is one, the install's own."""
    publication = Publication.objects.order_by("pk").first()
    return sender_of(publication) if publication else Sender(name="Masthead", address=settings.DEFAULT_FROM_EMAIL)
