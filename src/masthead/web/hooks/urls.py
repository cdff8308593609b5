"""The addresses that machines answer to. `/u/` is shared: the page for people is the portal's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from masthead.web.budgets import TOKENS
from masthead.web.forms import by_token
from masthead.web.hooks import providers
from masthead.web.hooks.links import link, opened
from masthead.web.hooks.one_click import is_one_click, one_click
from masthead.web.limits import spends
from masthead.web.portal import from_mail
from masthead.web.routes import route


@by_token
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """RFC 8058 for mail programs, a page with a button for people. Only the page costs a budget: providers share addresses."""
    return one_click(request, token) if is_one_click(request) else _page(request, token=token)


_page = spends(TOKENS)(from_mail.unsubscribe)

webhook = by_token(providers.webhook)

urlpatterns = [route("unsubscribe", unsubscribe), route("link", link), route("opened", opened), route("webhook", webhook)]
