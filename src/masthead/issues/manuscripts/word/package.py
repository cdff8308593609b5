"""The zip archive that a Word file is: opened with limits, its XML parsed without entities, written back for mammoth."""

from __future__ import annotations

import posixpath
import zipfile
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, tostring

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.manuscripts.word.names import transitional

_MOST_PARTS = 5_000
_MOST_BYTES = 300_000_000
_MOST_XML = 60_000_000
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts of one file by name. `tree` parses a part once; `written` is the file with the changed trees in it."""

    def __init__(self, data: bytes) -> None:
        """Raises BadManuscript for what is no Word file, damaged, encrypted or a bomb."""
        _recognise(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise BadManuscript(f"The Word file is damaged ({error}). Open it in Word and save it again.") from error
        if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > _MOST_BYTES:
            raise BadManuscript("The Word file unpacks to more than 300 MB. Take out large pictures and save it again.")
        self._names = {info.filename.lower(): info for info in infos}
        self._trees: dict[str, Element] = {}
        self.document = self._main_part()

    def names(self) -> list[str]:
        """The names of all parts."""
        return [info.filename for info in self._names.values()]

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._names

    def data(self, name: str) -> bytes:
        """The bytes of a part. Raises BadManuscript."""
        try:
            return self._zip.read(self._names[name.lower()])
        except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
            said = f"The part {name} of the Word file is missing or damaged. Open it in Word and save it again."
            raise BadManuscript(said) from error

    def tree(self, name: str) -> Element | None:
        """The XML of a part, None when there is none. Raises BadManuscript."""
        if name not in self._trees:
            if not self.has(name):
                return None
            self._trees[name] = self._parse(name)
        return self._trees[name]

    def related(self, name: str) -> dict[str, str]:
        """Relationship id → name of the part or the address that the part `name` refers to."""
        folder, file = posixpath.split(name)
        tree = self.tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        if tree is None:
            return {}
        found = {}
        for one in tree.iter(_RELATIONS):
            target = one.get("Target", "")
            outside = one.get("TargetMode") == "External"
            found[one.get("Id", "")] = target if outside else posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return found

    def of_kind(self, kind: str) -> str:
        """The part that the document refers to as `kind` ("footnotes"), "" when there is none."""
        folder, file = posixpath.split(self.document)
        tree = self.tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        for one in tree.iter(_RELATIONS) if tree is not None else ():
            if one.get("Type", "").endswith(f"/{kind}") and one.get("TargetMode") != "External":
                return posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        return ""

    def written(self) -> BytesIO:
        """The file anew, with the trees as they are now."""
        out = BytesIO()
        trees = {name.lower(): tree for name, tree in self._trees.items()}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, info in self._names.items():
                if not info.is_dir():
                    archive.writestr(info.filename, tostring(trees[name], "utf-8") if name in trees else self.data(name))
        out.seek(0)
        return out

    def _main_part(self) -> str:
        tree = self.tree("_rels/.rels")
        for one in tree.iter(_RELATIONS) if tree is not None else ():
            if one.get("Type", "").endswith("/officeDocument"):
                name = one.get("Target", "").lstrip("/")
                if self.has(name):
                    return name
        if self.has("word/document.xml"):
            return "word/document.xml"
        raise BadManuscript("The file has no Word document inside. Save it as .docx.")

    def _parse(self, name: str) -> Element:
        data = self.data(name)
        if len(data) > _MOST_XML:
            raise BadManuscript("The text of the Word file is larger than 60 MB. Split it.")
        try:
            root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise BadManuscript(f"The part {name} of the Word file is damaged. Open it in Word and save it again.") from error
        for element in root.iter():
            element.tag = transitional(element.tag)
            for key in [key for key in element.attrib if key.startswith("{http://purl.")]:
                element.attrib[transitional(key)] = element.attrib.pop(key)
        return root


def _recognise(data: bytes) -> None:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data:
            raise BadManuscript("The Word file is protected by a password. Save it without one.")
        raise BadManuscript("This is an old Word file (.doc). Open it in Word or LibreOffice and save it as .docx.")
    if data[:5] == b"{\\rtf":
        raise BadManuscript("This is a rich-text file (.rtf). Open it in Word or LibreOffice and save it as .docx.")
    if data[:2] != b"PK":
        raise BadManuscript("The file is no Word file, whatever its name says. Save it as .docx.")
