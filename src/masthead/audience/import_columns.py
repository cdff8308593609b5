"""Which column of an imported file means what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
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


class NoAddressColumn(ValueError):
    """No heading says which column holds the addresses. `headings` are those found; empty when the file has none."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__("no address column")
        self.headings = list(headings)


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


def recognise(first: Sequence[str]) -> Columns:
    """What the columns mean, by the file's first record. Raises NoAddressColumn.

    A file of one column needs no heading.
    """
    headings = [cell.strip() for cell in first]
    while len(headings) > 1 and not headings[-1]:
        headings.pop()
    if len(headings) == 1 and _is_address(headings[0]):
        return Columns(address=0, has_heading=False)
    folded = [_fold(heading) for heading in headings]
    address = _find(folded, _ADDRESS)
    if address is None:
        address = _find(folded, _MAYBE_ADDRESS)
    if address is None:
        raise NoAddressColumn([] if any(_is_address(heading) for heading in headings) else headings)
    name, first_name, last_name = _find(folded, _NAME), _find(folded, _FIRST), _find(folded, _LAST)
    # "Prénom;Nom" and "Nombre,Apellidos": beside half of a name, "name" is the other half.
    if name is not None and first_name is not None and last_name is None:
        name, last_name = None, name
    elif name is not None and last_name is not None and first_name is None:
        name, first_name = None, name
    language, mail_format = _find(folded, _LANGUAGE), _find(folded, _FORMAT)
    taken = {address, name, language, mail_format}
    return Columns(
        address=address,
        name=name,
        first_name=first_name,
        last_name=last_name,
        language=language,
        mail_format=mail_format,
        attributes=_attributes(headings, {first_name: "first_name", last_name: "last_name"}, taken),
        width=len(headings),
    )


def _find(folded: Sequence[str], names: frozenset[str]) -> int | None:
    return next((column for column, heading in enumerate(folded) if heading in names), None)


def _attributes(headings: Sequence[str], fixed: dict[int | None, str], taken: set[int | None]) -> tuple[tuple[int, str], ...]:
    """The remaining columns with a heading, as merge fields: "Favourite colour" becomes favourite_colour, twice: …_2."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        key = fixed.get(column) or re.sub(r"\W+", "_", unicodedata.normalize("NFKC", heading).casefold()).strip("_")[:60]
        if column in taken or not key:
            continue
        unique, number = key, 1
        while unique in found:
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
