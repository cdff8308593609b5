"""Views that cost a budget."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from masthead.web.budgets import Budget, OverBudget, ip_of
from masthead.web.proof_of_work import is_proved
from masthead.web.site.errors import too_many

View = Callable[..., HttpResponseBase]

#: What a request is marked with that brought a proof of work.
PROVED = "is_proved"


def spends(budget: Budget, *, proved: Budget | None = None) -> Callable[[View], View]:
    """Each POST to the view costs one of `budget`; when it is spent a page says how long to wait.

    Whoever brings a proof of work costs `proved` instead, and the view finds the attribute `PROVED` of the request true.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                is_cheap = proved is not None and is_proved(request)
                setattr(request, PROVED, is_cheap)
                try:
                    (proved if proved is not None and is_cheap else budget).spend(ip_of(request))
                except OverBudget as over:
                    return too_many(request, over)
            return view(request, *args, **kwargs)

        return counted

    return decorate
