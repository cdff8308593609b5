"""Telling the owners, by mail, that readers' data left or was erased (S21): a stolen session does not do it unseen."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from masthead.team.models import Role, User


def tell_owners(*, what: str, who: User, now: datetime) -> None:
    """Queue a mail to each owner. `what` is a sentence of this screen's language without any reader's data."""
    text = _(
        "%(what)s\n\nDone by %(who)s (%(address)s) on %(when)s UTC.\n\nIf this surprises you, take away the person's role "
        "under People: that ends their sessions.\n"
    ) % {
        "what": what,
        "who": who.get_full_name(),
        "address": who.email,
        "when": now.strftime("%Y-%m-%d %H:%M"),
    }
    for owner in User.objects.filter(role=Role.OWNER, is_active=True):
        send_mail(_("Readers' data at %(site)s") % {"site": "Masthead"}, text, None, [owner.email])
