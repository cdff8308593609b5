"""What mail providers post: bounces, complaints and the like (rule S22).

The token in the address says which webhook it is, the signature proves the provider. A proven post is stored and answered;
it is read later. One that is not proven is counted, and nothing of it is kept.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from masthead.bounces.webhooks import configuring
from masthead.bounces.webhooks.proofs import Post, Unproven
from masthead.bounces.webhooks.receiving import MOST_BODY, receive
from masthead.bounces.webhooks.sns import NotNow

_PLAIN = "text/plain; charset=utf-8"


@require_http_methods(["POST", "HEAD", "GET"])
def webhook(request: HttpRequest, token: str) -> HttpResponse:
    """200 once the post is stored; 404, 400 and 413 for what is refused; 503 asks the provider to try again."""
    found = configuring.find(token)
    if found is None:
        return _answer("This address is not known.", 404)
    if request.method != "POST":
        return _answer("Mail providers post here.", 200)  # some look whether the address is there before they keep it
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
        return _answer("The body is too large.", 413)
    now = timezone.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    post = Post(body=request.body, headers=headers, url=request.build_absolute_uri(), at=now)
    try:
        receive(webhook=found, post=post)
    except Unproven as error:
        return _answer(str(error), 400)
    except NotNow as error:
        return _answer(str(error), 503)
    return _answer("Stored.", 200)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type=_PLAIN)
