"""What the program says, found in its sources, and the catalogues that say it in other languages.

There are two: that of readers (`masthead/locale`), which is whole in every language, and that of the desk
(`masthead/web/admin/locale`), which holds everything else. `bin/words` writes the second anew: it keeps what is translated, adds
what is new with an empty translation, drops what nobody says any more, and compiles.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import masthead

HOME = Path(masthead.__file__).parent
LANGUAGES = ("ar", "de", "es", "fa", "fr")
READERS, DESK = HOME / "locale", HOME / "web/admin/locale"
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
Words = str | tuple[str, str]


@cache
def words_of(file: Path) -> list[tuple[int, Words]]:
    """Line and words, (singular, plural) where they are counted, of one source."""
    source = file.read_text("utf-8")
    if file.suffix != ".py":
        # A template as Django hands it to xgettext: calls among blanks. Python's reader of tokens minds the indentation.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    found = extract_python(io.BytesIO(source.encode()), list(CALLS), [], {"encoding": "utf-8"})
    return [(line, _words(call, given)) for line, call, given, _comments in found]


def desk_words() -> dict[Words, str]:
    """What is said anywhere but not in the readers' catalogue, in the order of the files, and where it is said first."""
    known = {first(message.id) for message in catalogue(READERS, "fr") if message.id}
    found: dict[str, tuple[Words, str]] = {}
    for file in sources():
        for _line, words in words_of(file):
            key = first(words)
            if key and key not in known and (key not in found or isinstance(words, tuple)):
                found[key] = (words, found[key][1] if key in found else str(file.relative_to(HOME)))
    return dict(found.values())


def sources() -> Iterator[Path]:
    """Every file of ours that can say something."""
    for file in sorted(HOME.rglob("*")):
        if file.suffix in {".py", ".html", ".txt"} and not {"migrations", "locale"} & set(file.parts):
            yield file


def first(words: str | tuple[str, ...] | list[str]) -> str:
    """The words, or the singular of counted ones."""
    return words if isinstance(words, str) else words[0]


def catalogue(root: Path, language: str) -> Catalog:
    """The catalogue below `root` in `language`."""
    with (root / language / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def missing(language: str) -> list[str]:
    """What the desk says in English although somebody chose `language`."""
    known = {first(message.id): message for message in catalogue(DESK, language) if message.id}
    return [first(words) for words in desk_words() if first(words) not in known or not all(forms(known[first(words)]))]


def forms(message: Message) -> tuple[str, ...]:
    """The translation, all its plural forms."""
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)


def write(language: str, more: dict[str, tuple[str, ...]] | None = None) -> int:
    """Write the desk's catalogue in `language` anew, with the translations of `more`; answers how many are missing."""
    folder = DESK / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    kept = {}
    if (folder / "django.po").exists():
        kept = {first(message.id): forms(message) for message in catalogue(DESK, language) if message.id}
    made = read_po(io.BytesIO(_header(language).encode()), locale=language)
    for words, place in desk_words().items():
        said = (more or {}).get(first(words)) or kept.get(first(words), ())
        if isinstance(words, tuple):
            string: str | tuple[str, ...] = said if len(said) == made.num_plurals else ("",) * made.num_plurals
        else:
            string = said[0] if said else ""
        made.add(words, string, locations=[(place, None)])  # type: ignore[list-item]  # a file without a line
    body = io.BytesIO()
    write_po(body, made, width=0, omit_header=True, include_lineno=False)
    text = _header(language) + "\n" + body.getvalue().decode()
    (folder / "django.po").write_text(text.rstrip("\n") + "\n", "utf-8")
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue(DESK, language))
    return len(missing(language))


def _header(language: str) -> str:
    lines = (
        f"Language: {language}",
        "Content-Type: text/plain; charset=UTF-8",
        f"Plural-Forms: {PLURALS.get(language) or Catalog(locale=language).plural_forms.rstrip(';')};",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


#: Where the readers' catalogues count otherwise than Babel does.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)",
    "fa": "nplurals=2; plural=(n > 1)",
}


def _words(call: str, given: object) -> Words:
    strings = given if isinstance(given, tuple) else (given,)
    strings = strings[1:] if call.startswith("pgettext") else strings
    # f"" or a variable can be found in no catalogue.
    assert isinstance(strings[0], str), (call, given)
    if call.startswith("ngettext"):
        assert isinstance(strings[1], str), (call, given)
        return (strings[0], strings[1])
    return strings[0]


if __name__ == "__main__":
    for each in LANGUAGES:
        sys.stdout.write(f"{each}: {write(each)} missing\n")
