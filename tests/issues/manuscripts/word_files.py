"""Word files for tests, written as zip archives by hand: what a program of the world writes, as small as it can be."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SPACES = (
    f"{_W} "
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Section"><w:name w:val="House section"/><w:basedOn w:val="berschrift1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Ttulo"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Untertitel"><w:name w:val="Subtitle"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Zitat"><w:name w:val="Quote"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Legende"><w:name w:val="caption"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Rechts"><w:name w:val="Persian body"/><w:pPr><w:bidi/></w:pPr></w:style>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{"bullet" if level != 1 else "decimal"}"/></w:lvl>' for level in range(9)
    )
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def text(words: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def paragraph(inner: str, style: str = "", properties: str = "") -> str:
    """A paragraph around runs, or around plain words."""
    runs = inner if inner.startswith("<") else text(inner)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{runs}</w:p>"


def item(words: str, level: int = 0) -> str:
    """An item of a list."""
    return paragraph(words, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def note(number: int, kind: str = "footnote") -> str:
    """The mark of a note in the text."""
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{number}"/></w:r>'


def picture(relation: str = "rIdPicture", alt: str = "A quay") -> str:
    """A picture in the line."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{alt}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="{relation}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def word_file(
    *body: str,
    footnotes: Mapping[int, str] | None = None,
    endnotes: Mapping[int, str] | None = None,
    comments: str = "",
    header: str = "",
    links: Mapping[str, str] | None = None,
    pictures: Mapping[str, tuple[str, bytes]] | None = None,
    parts: Mapping[str, bytes] | None = None,
    related: Mapping[str, tuple[str, str]] | None = None,
    title: str = "",
) -> bytes:
    """A .docx with this body. `links` are relationship id → address, `pictures` relationship id → (name, bytes)."""
    files: dict[str, bytes] = {}
    relations = [f'<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/>']
    relations.append(f'<Relationship Id="n" Type="{_REL}/numbering" Target="numbering.xml"/>')
    files["word/styles.xml"] = f"<w:styles {_SPACES}>{STYLES}</w:styles>".encode()
    files["word/numbering.xml"] = f"<w:numbering {_SPACES}>{NUMBERING}</w:numbering>".encode()
    for kind, notes in (("footnote", footnotes), ("endnote", endnotes)):
        if notes is not None:
            inner = "".join(f'<w:{kind} w:id="{number}">{words}</w:{kind}>' for number, words in notes.items())
            files[f"word/{kind}s.xml"] = f"<w:{kind}s {_SPACES}>{inner}</w:{kind}s>".encode()
            relations.append(f'<Relationship Id="{kind}" Type="{_REL}/{kind}s" Target="{kind}s.xml"/>')
    if comments:
        files["word/comments.xml"] = f"<w:comments {_SPACES}>{comments}</w:comments>".encode()
        relations.append(f'<Relationship Id="c" Type="{_REL}/comments" Target="comments.xml"/>')
    if header:
        files["word/header1.xml"] = f"<w:hdr {_SPACES}>{header}</w:hdr>".encode()
    for name, address in (links or {}).items():
        relations.append(f'<Relationship Id="{name}" Type="{_REL}/hyperlink" Target="{escape(address)}" TargetMode="External"/>')
    for name, (file, data) in (pictures or {}).items():
        files[f"word/media/{file}"] = data
        relations.append(f'<Relationship Id="{name}" Type="{_REL}/image" Target="media/{file}"/>')
    for name, (kind, target) in (related or {}).items():
        relations.append(f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/>')
    files["word/document.xml"] = f"<w:document {_SPACES}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>".encode()
    package = "http://schemas.openxmlformats.org/package/2006"
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{"".join(relations)}</Relationships>'.encode()
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="d" Type="{_REL}/officeDocument" Target="word/document.xml"/></Relationships>'
    ).encode()
    kinds = {"png": "image/png", "jpeg": "image/jpeg", "emf": "image/x-emf", "xml": "application/xml", "rels": "application/xml"}
    defaults = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in kinds.items())
    files["[Content_Types].xml"] = f'<Types xmlns="{package}/content-types">{defaults}</Types>'.encode()
    if title:
        core = 'xmlns:cp="urn:core" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        files["docProps/core.xml"] = f"<cp:coreProperties {core}><dc:title>{title}</dc:title></cp:coreProperties>".encode()
    files.update(parts or {})
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
