"""What the forms offer: languages in their own words, time zones."""

from __future__ import annotations

import zoneinfo
from functools import cache

from babel import Locale

#: Languages offered by name; any other BCP 47 tag can be set by the command line.
CODES = (
    "ar az be bg bn bs ca ckb cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id is it ja ka kk km kn ko ku ky lt "
    "lv mk ml mn mr ms my nb ne nl pa pl ps pt pt-BR ro ru si sk sl so sq sr sv sw ta te tg th ti tk tl tr uk ur uz vi zh zu"
)


@cache
def languages() -> list[tuple[str, str]]:
    """Tag and name of each language, sorted by name, each written in itself."""
    found = []
    for code in CODES.split():
        name = Locale.parse(code, sep="-").get_display_name() or code
        found.append((code, name[0].upper() + name[1:]))
    return sorted(found, key=lambda pair: pair[1])


@cache
def time_zones() -> list[tuple[str, str]]:
    """IANA names, UTC first."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]
