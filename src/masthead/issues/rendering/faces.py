"""The typefaces a publication can choose from: those that are on readers' machines, since mails load no fonts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Face:
    """One choice. `label` is its name, `mail` the families of a mail, `site` those of the pages ("" for the site's own serif)."""

    label: str
    mail: str
    site: str


#: Arabic script has faces of its own, whatever is chosen: these hold none of its letters, or bad ones.
_ARABIC = '"Vazirmatn","Noto Naskh Arabic"'
DEFAULT = "georgia"
FACES: dict[str, Face] = {
    "georgia": Face("Georgia", "Georgia,'Times New Roman',serif", ""),
    "palatino": Face(
        "Palatino",
        "'Palatino Linotype',Palatino,'Book Antiqua',Georgia,serif",
        f"'Palatino Linotype',Palatino,'Book Antiqua',{_ARABIC},Georgia,serif",
    ),
    "times": Face("Times", "'Times New Roman',Times,serif", f"'Times New Roman',Times,{_ARABIC},serif"),
    "helvetica": Face("Helvetica, Arial", "Helvetica,Arial,sans-serif", f"Helvetica,Arial,{_ARABIC},sans-serif"),
    "verdana": Face("Verdana", "Verdana,Geneva,sans-serif", f"Verdana,Geneva,{_ARABIC},sans-serif"),
    "trebuchet": Face("Trebuchet", "'Trebuchet MS',Tahoma,sans-serif", f"'Trebuchet MS',{_ARABIC},Tahoma,sans-serif"),
}


def face(name: str) -> Face:
    """The face called `name`; the default one for a name that is none."""
    return FACES.get(name, FACES[DEFAULT])
