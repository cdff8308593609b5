"""Which column of an imported file means what: guessed from its heading, in many languages, unless a person says it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from masthead.common.addresses import BadAddress, normalise


def _fold(heading: str) -> str:
    """Letters and digits only, without case and accents: "E-Mail" and "émail" are "email"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", heading.casefold()) if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", "", plain)


def _names(words: str) -> frozenset[str]:
    return frozenset(_fold(word) for word in words.split(","))


_ADDRESS = _names(
    "email,e-mail,mail,email address,mail address,mail id,email id,e-mail-adresse,mailadresse,email adresse,courriel,"
    "adresse e-mail,adresse mail,adresse électronique,adresse courriel,correo,correo electrónico,dirección de correo,"
    "dirección de correo electrónico,posta elettronica,indirizzo email,indirizzo e-mail,endereço de email,correio eletrônico,"
    "e-post,epost,e-posta,eposta,sähköposti,e-mailadres,mailadres,adres e-mail,электронная почта,эл. почта,почта,"
    "البريد الإلكتروني,البريد,بريد إلكتروني,ایمیل,رایانامه,پست الکترونیک,پست الکترونیکی,"
    "邮箱,电子邮件,電子郵件,メール,メールアドレス,subscriber"
)
#: These mean a postal address as often: only taken when no column has a clearer name.
_MAYBE_ADDRESS = _names("address,adresse,dirección,indirizzo,endereço,adres,آدرس,نشانی,العنوان,адрес")
_NAME = _names(
    "name,full name,display name,nom,nom complet,nombre,nombre completo,nome,nome completo,naam,namn,navn,имя,نام,الاسم,姓名,名前"
)
_FIRST = _names(
    "first name,firstname,forename,given name,prénom,vorname,nombre de pila,nome di battesimo,voornaam,förnamn,fornavn,نام کوچک"
)
_LAST = _names(
    "last name,lastname,surname,family name,nom de famille,nachname,familienname,zuname,apellido,apellidos,cognome,sobrenome,"
    "achternaam,efternamn,etternavn,фамилия,نام خانوادگی,اسم العائلة"
)
_LANGUAGE = _names("language,lang,locale,langue,sprache,idioma,lingua,taal,språk,язык,زبان,اللغة,语言")
_FORMAT = _names("format,mail format,html or text")

#: What a mapping can call a column, besides the name of a merge field.
FIELDS = ("email", "name", "first_name", "last_name", "language", "format")
IGNORED = "-"


class NoAddressColumn(ValueError):
    """No heading says which column holds the addresses. `headings` are those found; empty when the file has none."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__("no address column")
        self.headings = list(headings)


class BadMapping(ValueError):
    """The mapping names a column or field that cannot be. `column` and `field` are what it said; `headings` what there is."""

    def __init__(self, column: str, field: str, headings: Sequence[str]) -> None:
        super().__init__(f"{column}={field}")
        self.column, self.field, self.headings = column, field, list(headings)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column (from 0) means what; None where there is no such column. `attributes`: column → merge field."""

    address: int
    name: int | None = None
    first_name: int | None = None
    last_name: int | None = None
    language: int | None = None
    mail_format: int | None = None
    attributes: tuple[tuple[int, str], ...] = ()
    width: int = 1
    has_heading: bool = True
    headings: tuple[str, ...] = ()

    def fields(self) -> list[str]:
        """What each column is taken for, in the words of a mapping."""
        known = {
            self.address: "email",
            self.name: "name",
            self.first_name: "first_name",
            self.last_name: "last_name",
            self.language: "language",
            self.mail_format: "format",
        }
        merged = dict(self.attributes)
        return [known.get(column) or merged.get(column, IGNORED) for column in range(self.width)]


#: What a list of pasted addresses holds.
PASTED = Columns(address=0, name=1, width=2, has_heading=False, headings=("email", "name"))


def recognise(first: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """What the columns mean, by the file's first record and by `mapping`: heading, or number from 1, → field.

    A file of one column needs no heading, nor does one whose mapping goes by numbers. Raises NoAddressColumn and BadMapping.
    """
    headings = [cell.strip() for cell in first]
    while len(headings) > 1 and not headings[-1]:
        headings.pop()
    holds_address = any(_is_address(heading) for heading in headings)
    if len(headings) == 1 and holds_address:
        return Columns(address=0, has_heading=False, headings=("email",))
    if holds_address and mapping:
        fields = [IGNORED] * len(headings)
        _apply(mapping, fields, _numbered(headings))
        return _columns(fields, _numbered(headings), has_heading=False)
    fields = _guess(headings)
    if mapping:
        _apply(mapping, fields, headings)
    if "email" not in fields:
        raise NoAddressColumn([] if holds_address else headings)
    return _columns(fields, headings, has_heading=True)


def guessed(first: Sequence[str]) -> Columns:
    """The best guess at a first record in which `recognise` finds no address column, for a person to say what is meant.

    Where it holds an address it is no heading: the columns are known by their numbers, and the others are left out. Else
    `address` is -1: any column may be the one.
    """
    cells = [cell.strip() for cell in first]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    address = next((column for column, cell in enumerate(cells) if _is_address(cell)), -1)
    headings = cells if address < 0 else _numbered(cells)
    merged = [(column, field) for column, field in enumerate(_guess(cells)) if field != IGNORED] if address < 0 else []
    return Columns(
        address=address,
        attributes=tuple(merged),
        width=len(cells),
        has_heading=address < 0,
        headings=tuple(headings),
    )


def _numbered(cells: Sequence[str]) -> list[str]:
    return [str(number) for number in range(1, len(cells) + 1)]


def _guess(headings: Sequence[str]) -> list[str]:
    """A field for each heading; those that mean nothing to us become merge fields."""
    folded = [_fold(heading) for heading in headings]
    address = _find(folded, _ADDRESS)
    if address is None:
        address = _find(folded, _MAYBE_ADDRESS)
    name, first_name, last_name = _find(folded, _NAME), _find(folded, _FIRST), _find(folded, _LAST)
    # "Prénom;Nom" and "Nombre,Apellidos": beside half of a name, "name" is the other half.
    if name is not None and first_name is not None and last_name is None:
        name, last_name = None, name
    elif name is not None and last_name is not None and first_name is None:
        name, first_name = None, name
    places = (address, name, first_name, last_name, _find(folded, _LANGUAGE), _find(folded, _FORMAT))
    found = {place: field for place, field in zip(places, FIELDS, strict=True) if place is not None}
    return [found.get(column) or merge_field(heading) or IGNORED for column, heading in enumerate(headings)]


def _apply(mapping: Mapping[str, str], fields: list[str], headings: Sequence[str]) -> None:
    folded = [_fold(heading) for heading in headings]
    for said, field in mapping.items():
        by_name = _find(folded, frozenset({_fold(said)})) if _fold(said) else None
        column = by_name if by_name is not None else int(said) - 1 if said.isdecimal() else -1
        meant = field if field == IGNORED else merge_field(field)
        if not 0 <= column < len(fields) or not meant:
            raise BadMapping(said, field, headings)
        meant = {"e_mail": "email", "address": "email"}.get(meant, meant)
        if meant in FIELDS:
            # One column alone is the address: the one that was guessed is not.
            fields[:] = [IGNORED if other == meant else other for other in fields]
        fields[column] = meant


def _columns(fields: Sequence[str], headings: Sequence[str], *, has_heading: bool) -> Columns:
    places = {field: fields.index(field) for field in FIELDS if field in fields}
    if "email" not in places:
        raise NoAddressColumn([] if not has_heading else headings)
    return Columns(
        address=places["email"],
        name=places.get("name"),
        first_name=places.get("first_name"),
        last_name=places.get("last_name"),
        language=places.get("language"),
        mail_format=places.get("format"),
        attributes=_attributes(fields, places),
        width=len(headings),
        has_heading=has_heading,
        headings=tuple(headings),
    )


def merge_field(heading: str) -> str:
    """The name of the merge field for a heading: "Favourite colour" becomes favourite_colour."""
    return re.sub(r"\W+", "_", unicodedata.normalize("NFKC", heading).casefold()).strip("_")[:60]


def _find(folded: Sequence[str], names: frozenset[str]) -> int | None:
    return next((column for column, heading in enumerate(folded) if heading in names), None)


def _attributes(fields: Sequence[str], places: Mapping[str, int]) -> tuple[tuple[int, str], ...]:
    """The columns that become merge fields, first and last name among them; the second of one name becomes …_2."""
    taken = {field for field in ("email", "name", "language", "format") if field in places}
    found: dict[str, int] = {}
    for column, key in enumerate(fields):
        if key == IGNORED or (key in taken and places[key] == column):
            continue
        unique, number = key, 1
        while unique in found or unique in taken:
            number += 1
            unique = f"{key}_{number}"
        found[unique] = column
    return tuple((column, key) for key, column in found.items())


def _is_address(text: str) -> bool:
    try:
        normalise(text)
    except BadAddress:
        return False
    return True
