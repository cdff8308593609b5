"""What mammoth does not know, written as what it knows: no word is lost here, only its wrapping."""

from __future__ import annotations

import re
from copy import deepcopy
from xml.etree.ElementTree import Element, SubElement

from mammoth.docx.dingbats import dingbats

from masthead.issues.manuscripts.word import formulas
from masthead.issues.manuscripts.word.names import (
    MC,
    PIC,
    WP,
    A,
    M,
    R,
    V,
    W,
    is_on,
    parents,
    property_of,
    replace,
    run_of,
    value,
    words_in,
)

#: Elements that only group others.
_WRAPPERS = {f"{W}{name}" for name in ("smartTag", "customXml", "dir", "bdo", "ins", "moveTo", "sdt", "sdtContent", "fldSimple")}
#: Properties of a wrapper, nothing of which is text.
_ABOUT = {f"{W}{name}" for name in ("smartTagPr", "customXmlPr", "sdtPr", "sdtEndPr")}
#: Fonts whose letters are pictures.
SYMBOL_FONTS = {"Symbol", "Webdings", "Wingdings", "Wingdings 2", "Wingdings 3"}


def flatten(root: Element, remarks: list[tuple[Element | None, str]]) -> None:
    """Change the tree below `root`. `remarks` gets (element, what was done) for what an author should know."""
    _choose_alternatives(root)
    _free_text_boxes(root, remarks)
    _single_pictures(root)
    _links_of_simple_fields(root)
    _ruby(root)
    _formulas(root, remarks)
    _unwrap(root)
    _symbols(root)
    _drop_caps(root)
    _breaks(root)


def _choose_alternatives(root: Element) -> None:
    """Of an alternative the newer one if it holds words or pictures, else the older."""
    for _ in range(10):  # they can be nested
        up = parents(root)
        found = [one for one in root.iter(f"{MC}AlternateContent") if one in up]
        if not found:
            return
        for one in found:
            choice, fallback = one.find(f"{MC}Choice"), one.find(f"{MC}Fallback")
            best = choice if choice is not None and _says_something(choice) else fallback
            if best is None:
                best = choice
            if up[one] is not None and one in list(up[one]):
                replace(up[one], one, list(best) if best is not None else [])


def _says_something(element: Element) -> bool:
    wanted = {f"{A}blip", f"{W}t", f"{W}txbxContent", f"{PIC}pic", f"{V}imagedata", f"{M}t"}
    return any(
        one.tag in wanted or (one.tag == f"{A}graphicData" and "chart" in one.get("uri", "") + str(one.get("uri", "")))
        for one in element.iter()
    )


#: Text boxes that are looked for; what more a file has is named word for word in the report.
_MOST_BOXES = 1_000


def _free_text_boxes(root: Element, remarks: list[tuple[Element | None, str]]) -> None:
    """The paragraphs of a text box come to stand after the paragraph it hangs on."""
    found: list[tuple[Element | None, str]] = []
    # The last one first, inner ones before those around them: each is set right behind its paragraph, so their order stays.
    for box in list(root.iter(f"{W}txbxContent"))[:_MOST_BOXES][::-1]:
        up = parents(root)
        up[box].remove(box)
        anchor = up[box]
        while anchor in up and anchor.tag != f"{W}p":
            anchor = up[anchor]
        if anchor.tag != f"{W}p":
            continue
        home = up[anchor]
        place = list(home).index(anchor) + 1
        for offset, child in enumerate(list(box)):
            home.insert(place + offset, child)
        if words_in(box):
            found.insert(0, (box, "a text box; its words stand after the paragraph it hung on"))
    remarks += found


def _single_pictures(root: Element) -> None:
    """A group of pictures becomes pictures one after the other: mammoth looks for one that stands alone."""
    up = parents(root)
    for drawing in list(root.iter(f"{W}drawing")):
        pictures = list(drawing.iter(f"{PIC}pic"))
        direct = drawing.findall(f"*/{A}graphic/{A}graphicData/{PIC}pic")
        if not pictures or len(direct) == len(pictures) or drawing not in up:
            continue
        outer = drawing.find(f".//{WP}docPr")
        made = []
        for picture in pictures:
            fresh = Element(f"{W}drawing")
            inline = SubElement(fresh, f"{WP}inline")
            own = picture.find(f".//{PIC}cNvPr")
            said = (own.get("descr") if own is not None else "") or (outer.get("descr") if outer is not None else "") or ""
            SubElement(inline, f"{WP}docPr", {"id": "1", "name": "", "descr": said})
            graphic = SubElement(inline, f"{A}graphic")
            SubElement(graphic, f"{A}graphicData").append(picture)
            made.append(fresh)
        replace(up[drawing], drawing, made)


def _links_of_simple_fields(root: Element) -> None:
    """<w:fldSimple w:instr='HYPERLINK "…"'> → the long form of a field, which mammoth reads."""
    up = parents(root)
    for field in list(root.iter(f"{W}fldSimple")):
        said = value(field, "instr")
        if "HYPERLINK" not in said:
            continue
        marks = []
        for kind in ("begin", "separate", "end"):
            run = Element(f"{W}r")
            SubElement(run, f"{W}fldChar", {f"{W}fldCharType": kind})
            marks.append(run)
        instruction = Element(f"{W}r")
        SubElement(instruction, f"{W}instrText").text = said
        replace(up[field], field, [marks[0], instruction, marks[1], *list(field), marks[2]])


def _ruby(root: Element) -> None:
    """A reading above the line follows in brackets."""
    up = parents(root)
    for ruby in list(root.iter(f"{W}ruby")):
        base, reading = ruby.find(f"{W}rubyBase"), ruby.find(f"{W}rt")
        runs = list(base) if base is not None else []
        if reading is not None and words_in(reading):
            runs.append(run_of(f" ({words_in(reading)})"))
        outer = up[ruby]
        if outer.tag == f"{W}r" and outer in up:
            replace(up[outer], outer, runs)
        else:
            replace(outer, ruby, runs)


def _formulas(root: Element, remarks: list[tuple[Element | None, str]]) -> None:
    """A formula becomes one line of letters: the blocks have no formulas."""
    up = parents(root)
    for formula in list(root.iter(f"{M}oMath")):
        words = formulas.linear(formula)
        if words:
            remarks.append(
                (up[formula], f"a formula became one line of plain letters; see that it still says the same: {words[:80]}")
            )
        replace(up[formula], formula, [run_of(words)] if words else [])
    up = parents(root)
    for paragraph in list(root.iter(f"{M}oMathPara")):
        replace(up[paragraph], paragraph, [one for one in paragraph if one.tag.startswith(W)])


def _unwrap(root: Element) -> None:
    for _ in range(100):
        up = parents(root)
        found = [one for one in root.iter() if one.tag in _WRAPPERS and one in up]
        if not found:
            return
        inner = [one for one in found if not any(child.tag in _WRAPPERS for child in one.iter() if child is not one)]
        for one in inner:
            replace(up[one], one, [child for child in one if child.tag not in _ABOUT])


def _symbols(root: Element) -> None:
    """Letters of picture fonts → the characters they are drawn as."""
    for run in root.iter(f"{W}r"):
        fonts = property_of(run, "rFonts")
        font = value(fonts, "ascii") or value(fonts, "hAnsi")
        for child in run:
            if child.tag == f"{W}sym":
                child.attrib.setdefault(f"{W}font", "")
                code = _code(value(child, "char"))
                letter = _drawn(value(child, "font"), code)
                if not letter and not 0xF000 <= code <= 0xF0FF:
                    letter = chr(code) if 0x20 <= code < 0xD800 else ""
                child.tag, child.text = f"{W}t", letter or "□"
            elif child.tag == f"{W}t" and font in SYMBOL_FONTS and child.text:
                child.text = "".join(_drawn(font, ord(letter)) or letter for letter in child.text)


def _code(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", text) else 0


def _drawn(font: str, code: int) -> str:
    found = dingbats.get((font, code)) or dingbats.get((font, code & 0xFF if 0xF000 <= code <= 0xF0FF else code))
    return chr(found) if found else ""


def _drop_caps(root: Element) -> None:
    """A letter in a frame of its own goes back to the word it begins."""
    up = parents(root)
    for paragraph in list(root.iter(f"{W}p")):
        frame = property_of(paragraph, "framePr")
        if value(frame, "dropCap") not in {"drop", "margin"} or paragraph not in up:
            continue
        home = list(up[paragraph])
        following = next((one for one in home[home.index(paragraph) + 1 :] if one.tag == f"{W}p"), None)
        if following is None:
            continue
        place = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
        for offset, run in enumerate([one for one in paragraph if one.tag != f"{W}pPr"]):
            for properties in run.findall(f"{W}rPr"):
                run.remove(properties)
            following.insert(place + offset, run)
        up[paragraph].remove(paragraph)


def _breaks(root: Element) -> None:
    """The end of a page is no end of a word: it becomes a line's end between words, and nothing elsewhere."""
    for paragraph in root.iter(f"{W}p"):
        runs = list(paragraph.iter(f"{W}r"))
        for place, run in enumerate(runs):
            for child in list(run):
                if child.tag == f"{W}cr" or (child.tag == f"{W}br" and value(child, "type") not in {"page", "column"}):
                    child.tag = f"{W}br"
                    child.attrib.clear()
                elif child.tag == f"{W}ptab":
                    child.tag = f"{W}tab"
                elif child.tag == f"{W}br":
                    index = list(run).index(child)
                    before = any(map(words_in, runs[:place])) or any(words_in(one) for one in list(run)[:index])
                    after = any(map(words_in, runs[place + 1 :])) or any(words_in(one) for one in list(run)[index + 1 :])
                    if before and after:
                        child.attrib.clear()
                    else:
                        run.remove(child)


def copy_of(root: Element) -> Element:
    """A tree of its own."""
    return deepcopy(root)


def is_hidden(run: Element) -> bool:
    """Whether Word does not print the run."""
    return is_on(property_of(run, "vanish"))


def relation_of(element: Element) -> str:
    """The relationship id of a chart or diagram below `element`; "" without one."""
    for one in element.iter():
        for name in (f"{R}id", f"{R}dm"):
            if one.get(name) and one.tag not in {f"{A}hlinkClick", f"{A}blip"}:
                return one.get(name, "")
    return ""
