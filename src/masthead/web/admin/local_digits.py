"""Numbers at the desk in the digits of its language: ۲۰۰ in Persian, ٢٠٠ in Arabic.

One place for all of them, whether a template, a translated sentence or the shell wrote them. What is for machines or was
written by people stays as it is: attributes, scripts, fields, code, what is isolated (`bdi`) or runs from left to right, and
numbers that are part of a word, an address, an ISO date or a decimal of another kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.utils import translation

from masthead.common.text import digits
from masthead.web.admin.own_language import chosen_language
from masthead.web.middleware import is_desk

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: Of the desk's own languages those that print other digits than European ones.
_LANGUAGES = frozenset({"fa", "ar"})
_LEFT_ALONE = re.compile(
    r"<!--.*?-->"
    r"|<(?P<whole>script|style|textarea|title|bdi|code|pre|kbd|svg|template|tt)\b(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>.*?</(?P=whole)\s*>"
    r"|<(?P<turned>[a-z0-9]+)\b(?=(?:[^\"'>]|\"[^\"]*\"|'[^']*')*?\s(?:dir=[\"']?ltr|class=\"[^\"]*\bdesk-words\b))"
    r"(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>.*?</(?P=turned)\s*>"
    r"|<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>|&#?\w+;",
    re.DOTALL | re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w@./:#+\\-])[0-9]+(?:[.,:][0-9]+)?(?![\w@\\-]|[./:][\w/])")


class LocalDigitsMiddleware:
    """Rewrites the numbers in the HTML of the desk for somebody whose desk speaks Persian or Arabic."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; a preview of a mail or page, which is sandboxed, as it was."""
        answer = self._get_response(request)
        if not is_desk(request) or not isinstance(answer, HttpResponse):
            return answer
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.headers.get("Content-Encoding"):
            return answer
        language = _language(request)
        if language in _LANGUAGES and "sandbox" not in answer.headers.get("Content-Security-Policy", ""):
            answer.content = localised(answer.content.decode(answer.charset), language)
        return answer


def localised(html: str, language: str) -> str:
    """`html` with the numbers of its text in the digits of `language`."""
    parts, end = [], 0
    for match in _LEFT_ALONE.finditer(html):
        parts += [_written(html[end : match.start()], language), match[0]]
        end = match.end()
    return "".join([*parts, _written(html[end:], language)])


def _written(text: str, language: str) -> str:
    return _NUMBER.sub(lambda match: digits(match[0], language), text)


def _language(request: HttpRequest) -> str:
    """As the person chose it under their account, else as the browser did; asked for here because the shell puts its own back."""
    return (chosen_language(request) or translation.get_language() or "en").split("-")[0]
