"""What the editor's shell says is said in the five languages too, also where its own catalogues leave it in English."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import wagtail
from babel.messages.pofile import read_po
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from django.utils.translation import trans_real
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from masthead.issues.models import Contributor, Issue
from masthead.team.models import Role, User
from tests.house.words import LANGUAGES, first, missing

pytestmark = pytest.mark.django_db

SHELL = Path(wagtail.__file__).parent
PARTS = ("admin", "documents", "images", "snippets", "users", "")
SCREENS = (
    "/desk/",
    "/desk/account/",
    "/desk/contributors/",
    "/desk/contributors/edit/{contributor}/",
    "/desk/contributors/delete/{contributor}/",
    "/desk/contributors/history/{contributor}/",
    "/desk/contributors/usage/{contributor}/",
    "/desk/images/usage/{image}/",
    "/desk/documents/",
    "/desk/documents/chooser/",
    "/desk/documents/edit/{document}/",
    "/desk/images/",
    "/desk/images/?q=nothing",
    "/desk/images/add/",
    "/desk/images/chooser/",
    "/desk/images/multiple/add/",
    "/desk/images/{image}/",
    "/desk/images/{image}/delete/",
    "/desk/issues/",
    "/desk/issues/add/",
    "/desk/issues/delete/{issue}/",
    "/desk/issues/edit/{issue}/",
    "/desk/issues/history/{issue}/",
    "/desk/issues/history/{issue}/revisions/{version}/revert/",
    "/desk/issues/history/{issue}/revisions/compare/{version}...latest/",
    "/desk/bulk/wagtailimages/image/add_tags/?id={image}",
)
SPOKEN = {"alt", "aria-label", "placeholder", "title"}


@pytest.fixture
def in_language(at_desk: Callable[[Role], Client]) -> Callable[[str], Client]:
    """A function: language → the owner's browser, with the desk in that language."""
    client = at_desk(Role.OWNER)
    profile = UserProfile.get_for_user(User.objects.get(pk=client.session["_auth_user_id"]))

    def choose(language: str) -> Client:
        profile.preferred_language = language
        profile.save()
        return client

    return choose


@pytest.fixture
def library(issue: Issue, settings: Any, tmp_path: Path) -> dict[str, int]:
    settings.MEDIA_ROOT = tmp_path
    earlier, *_later = [issue.save_revision(log_action=True) for _version in range(3)]
    drawn = BytesIO()
    Pillow.new("RGB", (400, 300), "#1d4e89").save(drawn, "PNG")
    image = get_image_model().objects.create(title="The quay", file=ImageFile(drawn, name="quay.png"), width=400, height=300)
    document = get_document_model().objects.create(title="Counts", file=ContentFile(b"1,2", name="counts.csv"))
    return {
        "issue": issue.pk,
        "version": earlier.pk,
        "image": image.pk,
        "document": document.pk,
        "contributor": Contributor.objects.create(name="Ona Quill").pk,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_has_a_word_that_the_shell_left_in_english(
    in_language: Callable[[str], Client], library: dict[str, int], language: str
) -> None:
    client = in_language(language)
    plain, filled = left_in_english(language)
    found = set()
    for screen in SCREENS:
        answer = client.get(screen.format(**library))
        assert answer.status_code == 200, screen
        assert 'aria-label="Actions"' not in answer.content.decode() or language == "fr", screen
        assert ">Home</" not in answer.content.decode(), screen
        said = set(strings(answer.content.decode()))
        said |= {words[0].lower() + words[1:] for words in said if words}  # the shell writes names of fields with a capital
        found |= {(screen, words) for words in said if words in plain or any(pattern.fullmatch(words) for pattern in filled)}
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_scripts_speak_the_language_too(in_language: Callable[[str], Client], language: str) -> None:
    script = in_language(language).get("/desk/jsi18n/").content.decode()
    catalogue = json.loads(script.split("const newcatalog = ", 1)[1].split(";\n", 1)[0])
    expected = set(words_of("admin", "djangojs"))
    assert len(expected) > 50
    assert expected - catalogue.keys() == set()
    assert expected & set(missing(language)) == set()
    assert [words for words, forms in catalogue.items() if isinstance(forms, list) and not all(forms)] == []


def test_counted_words_of_scripts_have_the_forms_of_the_shell(in_language: Callable[[str], Client]) -> None:
    script = in_language("fr").get("/desk/jsi18n/").content.decode()
    assert re.search(r'"%\(num\)s error": \[\s*"%\(num\)s erreur",\s*"%\(num\)s erreurs",\s*"%\(num\)s erreurs"\s*\]', script)


@cache
def words_of(part: str, domain: str) -> tuple[str, ...]:
    """All that a part of the shell can say."""
    file = SHELL / part / "locale/en/LC_MESSAGES" / f"{domain}.po"
    with file.open("rb") as source:
        return tuple(first(message.id) for message in read_po(source) if message.id)  # type: ignore[arg-type]


def left_in_english(language: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """What has no translation: whole texts, and patterns of those into which something is filled."""
    known = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
    all_words = {words for part in PARTS for words in words_of(part, "django")}
    left = {words.strip() for words in all_words if words not in known and (words, 0) not in known}
    filled = {words for words in left if "%(" in words and len(re.sub(r"%\(\w+\)\w|\W", "", words)) > 7}
    patterns = [re.compile(re.sub(r"%\\\(\w+\\\)\w", ".+", re.escape(words))) for words in filled]
    return {words for words in left if "%(" not in words}, patterns


def strings(html: str) -> Iterator[str]:
    """The texts of a page: between its elements, in spoken attributes, and in what is handed to scripts as JSON."""
    parser = _Texts()
    parser.feed(html)
    for text in parser.texts:
        yield " ".join(text.split())
    for text in parser.data:
        yield from _strings_of(json.loads(text))


def _strings_of(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        if "<" in data:
            yield from strings(data)
        elif data[:1].isupper():  # others are names for the machine
            yield data.strip()
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _strings_of(each)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.data: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = "data" if given.get("type") == "application/json" else tag
        self.texts += [value for name, value in given.items() if name in SPOKEN]
        self.data += [value for name, value in given.items() if name.startswith("data-") and value[:2] in {'{"', '["', "[{"}]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data.append(data)
        elif self._inside not in {"script", "style"}:
            self.texts.append(data)
