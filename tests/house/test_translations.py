"""Whatever a reader may see is said in every language Masthead speaks, and the compiled catalogues say what the sources say."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.house.words import HOME, LANGUAGES, first, words_of

#: What speaks to readers. The desk may speak English.
READER_SIDE = (
    "audience/default_mails.py",
    "audience/messages.py",
    "audience/models/consent_event.py",
    "audience/preferences.py",
    "audience/templates",
    "common",
    "forwarding",
    "issues/blocks",
    "issues/rendering",
    "issues/templates",
    "web/*.py",
    "web/hooks",
    "web/portal",
    "web/site",
)
#: What the program fills in, and the elements around words.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
ELEMENT = re.compile(r"</?[a-z][^>]*>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_are_spoken_to_in_their_language_to_the_last_word(language: str) -> None:
    known = catalogue(language)
    missing = {f"{place}: {words}" for place, words in reader_words() if not (found := known.get(words)) or not all(forms(found))}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess_or_the_english_itself(language: str) -> None:
    doubtful = [message.id for message in messages(language) if message.fuzzy]
    english = [m.id for m in messages(language) for form in forms(m) if form in sources(m) and len(form.split()) > 2]
    assert doubtful == []
    assert english == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_what_the_program_fills_in(language: str) -> None:
    """A form for one or two may say the number in words; the last form, for many, holds everything."""
    for message in messages(language):
        *few, many = forms(message)
        expected = sorted(PLACEHOLDER.findall(sources(message)[-1]))
        assert sorted(PLACEHOLDER.findall(many)) == expected, many
        for form in few:
            assert set(PLACEHOLDER.findall(form)) <= set(expected), form
        for form in (*few, many):
            assert sorted(ELEMENT.findall(form)) == sorted(ELEMENT.findall(sources(message)[-1])), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_as_many_forms_as_its_language(language: str) -> None:
    counted = [message for message in messages(language) if message.pluralizable]
    assert counted
    assert {len(forms(message)) for message in counted} == {catalogue(language).num_plurals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    with (folder(language) / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages(language):
        shown = [
            compiled.pgettext(message.context, sources(message)[0]) if message.context else compiled.gettext(sources(message)[0])
        ]
        if message.pluralizable:
            shown = [compiled._catalog[(sources(message)[0], n)] for n in range(len(forms(message)))]  # type: ignore[attr-defined]
        assert shown == list(forms(message))


def test_words_are_found_in_python_and_in_templates() -> None:
    places = {place.split(":")[0] for place, _words in reader_words()}
    assert {"issues/rendering/wording.py", "web/site/templates/site/home.html", "audience/messages.py"} <= places
    assert len(dict(reader_words())) > 200


def reader_words() -> list[tuple[str, str]]:
    """Where and what: each msgid of the reader's side."""
    return [(f"{file.relative_to(HOME)}:{line}", first(words)) for file in files() for line, words in words_of(file)]


def files() -> Iterator[Path]:
    for place in READER_SIDE:
        found = [HOME / place] if (HOME / place).is_file() else []
        found += HOME.glob(place) if "*" in place else (HOME / place).rglob("*.*")
        assert found, f"{place} is no longer there"
        yield from sorted(file for file in found if file.suffix in {".py", ".html", ".txt"})


@cache
def catalogue(language: str) -> Catalog:
    with (folder(language) / "django.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def folder(language: str) -> Path:
    return HOME / "locale" / language / "LC_MESSAGES"


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def sources(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else (message.id,)


def forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)
