"""Views that cost a budget."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from masthead.web.budgets import Budget, OverBudget, ip_of
from masthead.web.site.errors import too_many

View = Callable[..., HttpResponseBase]


def spends(budget: Budget) -> Callable[[View], View]:
    """Each POST to the view costs one of `budget`; when it is spent a page says how long to wait."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                try:
                    budget.spend(ip_of(request))
                except OverBudget as over:
                    return too_many(request, over)
            return view(request, *args, **kwargs)

        return counted

    return decorate
