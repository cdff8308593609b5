"""The desk speaks five languages besides English; what is not translated yet is counted, and may not become much."""

from __future__ import annotations

import gettext
import re

import pytest
from django.utils.translation import override

from tests.house import words
from tests.house.words import DESK, LANGUAGES

#: A string that was added yesterday may wait for the next round of `bin/words`; a third of the desk may not.
MOST_MISSING = 0.3
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
ELEMENT = re.compile(r"</?[a-z][^>]*>")
TRANSLATED = [language for language in LANGUAGES if (DESK / language).exists()]


def test_the_desk_has_a_catalogue_in_each_language() -> None:
    assert tuple(TRANSLATED) == LANGUAGES


@pytest.mark.parametrize("language", TRANSLATED)
def test_hardly_anything_is_left_in_english(language: str) -> None:
    missing, said = words.missing(language), len(words.desk_words())
    assert said > 1000
    assert len(missing) <= said * MOST_MISSING, f"{len(missing)} of {said} are missing in {language}, such as {missing[:20]}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_the_program_fills_in(language: str) -> None:
    """A form for one or two may say the number in words; the last form, for many, holds everything."""
    for message in words.catalogue(DESK, language):
        *few, many = words.forms(message)
        if not message.id or not many:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        expected = sorted(PLACEHOLDER.findall(source))
        assert sorted(PLACEHOLDER.findall(many)) == expected, many
        for form in few:
            assert set(PLACEHOLDER.findall(form)) <= set(expected), form
        for form in (*few, many):
            assert sorted(ELEMENT.findall(form)) == sorted(ELEMENT.findall(source)), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    with (DESK / language / "LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in words.catalogue(DESK, language):
        if not message.id or not all(words.forms(message)):
            continue
        if message.pluralizable:
            found = tuple(compiled._catalog[(message.id[0], n)] for n in range(len(words.forms(message))))  # type: ignore[attr-defined]
            assert found == words.forms(message)
        else:
            assert compiled.gettext(str(message.id)) == message.string


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in words.catalogue(DESK, language) if message.fuzzy] == []


def test_the_catalogue_reaches_the_screens() -> None:
    from django.utils.translation import gettext as _

    with override("fr"):
        assert _("Mark ready") == "Marquer comme prêt"
    with override("de"):
        assert _("Mark ready") == "Für fertig erklären"
