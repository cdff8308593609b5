"""A formula of Word (ISO/IEC 29500-1, part 22.1) → the same in one line: x^2, (a+b)/c, √(x), ∑_(i=1)^n."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from masthead.issues.manuscripts.word.names import M, W

#: Properties, nothing of which is part of the formula.
_ABOUT = "Pr"


def linear(formula: Element) -> str:
    """What `formula` says, in the order it is spoken; every letter of it is there."""
    return " ".join(_of(formula).split())


def _of(element: Element) -> str:
    name = element.tag.removeprefix(M)
    if not element.tag.startswith(M):
        return _plain(element)
    if name.endswith(_ABOUT):
        return ""
    if name == "t":
        return element.text or ""
    if name == "f":
        return f"{_grouped(element, 'num')}/{_grouped(element, 'den')}"
    if name in {"sSup", "sSub", "sSubSup"}:
        return _grouped(element, "e") + _scripts(element)
    if name == "sPre":
        return _scripts(element) + _grouped(element, "e")
    if name == "rad":
        degree = _part(element, "deg")
        return (f"root_{_bracketed(degree)}" if degree else "√") + f"({_part(element, 'e')})"
    if name == "nary":
        return f"{_sign(element, 'chr', '∫')}{_scripts(element)} {_part(element, 'e')}"
    if name == "d":
        inside = _sign(element, "sepChr", "|").join(_of(one) for one in element.findall(f"{M}e"))
        return f"{_sign(element, 'begChr', '(')}{inside}{_sign(element, 'endChr', ')')}"
    if name in {"limLow", "limUpp"}:
        return f"{_part(element, 'e')}{'_' if name == 'limLow' else '^'}{_grouped(element, 'lim')} "
    if name == "func":
        return f"{_part(element, 'fName')} {_part(element, 'e')}"
    if name == "m":
        rows = (", ".join(_of(cell) for cell in row.findall(f"{M}e")) for row in element.findall(f"{M}mr"))
        return f"[{'; '.join(rows)}]"
    if name == "eqArr":
        return "; ".join(_of(one) for one in element.findall(f"{M}e"))
    if name == "acc":
        return _part(element, "e") + _sign(element, "chr", "\u0302")
    return "".join(_of(child) for child in element)


def _plain(element: Element) -> str:
    """Runs of Word's own text inside a formula."""
    if element.tag == f"{W}t":
        return element.text or ""
    if element.tag in {f"{W}br", f"{W}tab"}:
        return " "
    return "".join(_of(child) for child in element)


def _part(element: Element, name: str) -> str:
    return "".join(_of(one) for one in element.findall(f"{M}{name}")).strip()


def _grouped(element: Element, name: str) -> str:
    return _bracketed(_part(element, name))


def _bracketed(said: str) -> str:
    """In brackets unless it is one name or number, or has brackets already."""
    return said if said.isalnum() or (said[:1] == "(" and said.find(")") == len(said) - 1) else f"({said})"


def _scripts(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    return (f"_{_bracketed(below)}" if below else "") + (f"^{_bracketed(above)}" if above else "")


def _sign(element: Element, name: str, usual: str) -> str:
    """The character a property names; one that is there and empty is none."""
    found = element.find(f"*/{M}{name}")
    return usual if found is None else found.get(f"{M}val", "")
