"""What the desk's templates ask for: the banner of test mode."""

from __future__ import annotations

from typing import Any

from django import template

from masthead.issues.models import Publication

register = template.Library()


@register.inclusion_tag("web_admin/test_mode.html", takes_context=True)
def test_mode_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Says on each screen of the desk where mail goes while a publication is in test mode, and how to leave it."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"publications": []}
    return {"publications": list(Publication.objects.filter(is_live=False).only("id", "name")), "user": user}
