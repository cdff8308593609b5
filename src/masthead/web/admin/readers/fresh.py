"""Screens that ask who it is once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in_freshly(view: View[P]) -> View[P]:
    """A view that asks to sign in again when the last time was more than ten minutes ago."""
    return cast("View[P]", reauthentication_required(view))
