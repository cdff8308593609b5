"""The words of the shell's scripts in the language of the desk: the shell's own catalogue, and ours where that has holes."""

from __future__ import annotations

from gettext import c2py
from typing import Any

from django.utils.translation import gettext as translated
from django.views.i18n import JavaScriptCatalog

from masthead.web.admin.shell_words import SCRIPT, SCRIPT_COUNTED

#: Among these each form that a language has for counted things comes up.
_COUNTS = (0, 1, 2, 3, 11, 100, 1_000_000)


class ScriptWords(JavaScriptCatalog):
    """Takes the place of the shell's view of the same kind."""

    packages = ["wagtail.admin"]

    def get_catalog(self) -> dict[str, Any]:
        """What each of the shell's words is called, or a list of its forms."""
        catalog: dict[str, Any] = super().get_catalog()
        form_of = c2py(str(self.get_plural() or "n != 1"))
        count_of = {form_of(count): count for count in _COUNTS}
        for said, words in SCRIPT_COUNTED.items():
            catalog[said] = [words(count_of[form]) for form in sorted(count_of)]
        return catalog | {words: translated(words) for words in map(str, SCRIPT)}
