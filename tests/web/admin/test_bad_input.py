"""What people bring by mistake or malice, by the ways they have at the desk: each is taken, or answered in a plain sentence."""

from __future__ import annotations

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images import get_image_model

from masthead.issues import freezing, preflight, reading
from masthead.issues.models import Issue, Publication
from tests.web.admin.conftest import form_of

ENDS = {"body-0-type": "text", "body-0-order": "0", "body-0-deleted": "", "body-0-id": "", "body-count": "1"}
#: What sanitizers have been fooled with: mutation by the parser, odd namespaces, hidden schemes, clobbered names.
VECTORS = [
    "<svg><p><style><img src=x onerror=alert(1)></style></p></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>words</p></noscript>",
    "<a href='java&#10;script:alert(1)'>words</a><a href='&#1;javascript:alert(1)'>words</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>words</a><a href='vbscript:x'>words</a>",
    "<svg><a xlink:href='javascript:alert(1)'><text>words</text></a></svg>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x></svg>",
    "<img src='x' onerror='alert(1)'><img srcset='x 1x' src='javascript:alert(1)'>",
    "<p style='background:url(javascript:alert(1))' onmouseover=alert(1)>words</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data='x'></object><embed src='x'>",
    "<template><script>alert(1)</script></template><base href='https://evil.example/'>",
    "<input autofocus onfocus=alert(1)><button formaction='javascript:alert(1)'>words</button><textarea>words</textarea>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'><link rel=stylesheet href='https://evil.example/x.css'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp><plaintext><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>words</summary></details><marquee onstart=alert(1)>words</marquee>",
    "<scr<script>ipt>alert(1)</scr</script>ipt><<script>alert(1)//<</script>",
    "<p id='cookie' name='getElementById'>words</p><a id='body' href='#'>words</a>",
]
ACTIVE = frozenset(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "svg",
        "math",
        "template",
        "base",
        "link",
        "noscript",
        "xmp",
        "plaintext",
        "applet",
        "frame",
        "frameset",
        "audio",
        "video",
        "source",
        "track",
        "portal",
        "dialog",
        "marquee",
    ]
)


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def written(text: str) -> str:
    """What the editor of a text block posts."""
    lines = [
        {"key": f"k{place}", "text": line, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
        for place, line in enumerate(text.split("\n"))
    ]
    return json.dumps({"blocks": lines, "entityMap": {}})


def test_five_megabytes_pasted_into_a_block_are_kept_and_named(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    pasted = "\n".join(["Words and more words, from a very long file. " * 50] * 2_300)
    body = {"body-0-value-text": written(pasted)}
    assert len(body["body-0-value-text"]) > 5_000_000
    assert owner_at_desk.post(url, form_of(owner_at_desk, url) | ENDS | body).status_code == 302
    draft = reading.newest(issue)
    assert draft.body[0].value["text"].source.count("Words and more words") == 115_000
    found = {finding.id for finding in preflight.check(draft)}
    assert "mail-too-large" in found


def test_more_than_a_request_may_hold_is_refused_in_words(owner_at_desk: Client, issue: Issue, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
    url = f"/desk/issues/edit/{issue.pk}/"
    answer = owner_at_desk.post(url, form_of(owner_at_desk, url) | ENDS | {"body-0-value-text": written("x" * 60_000)})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    assert "sea is right" in reading.newest(issue).body[0].value["text"].source


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_in_an_imported_page_can_act(vector: str, owner_at_desk: Client, publication: Publication) -> None:
    page = f"<html><body><h1>Ferry</h1><p>Before.</p>{vector}<p>After.</p></body></html>".encode()
    answer = owner_at_desk.post("/desk/issues/manuscript/", {"file": SimpleUploadedFile("page.html", page)}, follow=True)
    address = answer.redirect_chain[-1][0]
    harmless(owner_at_desk.get(f"{address}page/").content.decode())
    owner_at_desk.post(f"{address}decide/", {"act": "use"})
    edition = freezing.freeze(issue=Issue.objects.get(), by="staff:1", now=timezone.now())
    for html in (edition.web_html, edition.feed_html, edition.mail_html_full):
        harmless(html)
    assert "Before." in edition.text_full


def harmless(html: str) -> None:
    """No element that acts or loads, no handler, no address of a scheme that runs."""
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in ACTIVE - {"link"} or "xhtml" in element.tag, element.tag
        assert element.tag != "link" or element.get("rel") in {"stylesheet", "canonical", "alternate", "icon"}
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), (element.tag, name)
            plain = "".join(value.split()).lower().lstrip("\x01")
            assert not plain.startswith(("javascript:", "vbscript:", "data:text")), (element.tag, name, value)
            assert "evil.example" not in value or name in {"title", "alt"}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Pillow.new("RGB", size, "#1d4e89").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A file of a few hundred bytes that says it has 60,000 × 60,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 60_000)) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("bomb.png", bomb(), "pixels"),
        ("drawing.svg", SVG, "Not a supported image format"),
        ("drawing.png", SVG, "Not a valid"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", "Not a valid"),
        ("picture.gif", picture("PNG"), "Not a valid"),
        ("cut.jpg", picture("JPEG")[:200], "damaged"),
    ],
)
def test_a_picture_that_is_none_is_refused_in_words(name: str, data: bytes, words: str, owner_at_desk: Client) -> None:
    answer = owner_at_desk.post("/desk/images/add/", {"title": "Quay", "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 200
    assert words in " ".join(answer.context["form"].errors["file"])
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/", "http://[::ffff:7f00:1]/"]
)
def test_an_address_inside_the_network_is_refused_in_words(url: str, owner_at_desk: Client, publication: Publication) -> None:
    answer = owner_at_desk.post("/desk/issues/manuscript/", {"address": url}, follow=True)
    assert "leads into your own network" in answer.content.decode()
    assert not Issue.objects.exists()


@pytest.mark.parametrize("title", ["🦀", "🌊🌊🌊", "👩‍🚀", "\u202e\u200b", "—"])
def test_a_headline_without_a_letter_is_published(title: str, owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    body = {"body-0-value-text": written("The sea is right.")}
    answer = owner_at_desk.post(url, form_of(owner_at_desk, url) | ENDS | body | {"title": title}, follow=True)
    assert answer.status_code == 200
    draft = reading.newest(issue)
    if not draft.title.strip("\u202e\u200b"):
        assert "title-missing" in {finding.id for finding in preflight.check(draft)}
        return
    edition = freezing.freeze(issue=draft, by="staff:1", now=timezone.now())
    Issue.objects.filter(pk=issue.pk).update(public_from=timezone.now())
    answer = Client().get(f"/issues/{edition.number}/")
    assert answer.status_code == 200
    assert title in answer.content.decode()
    for feed in ("/feed.atom", "/feed.rss", "/feed.json", "/issues/", "/sitemap.xml"):
        assert Client().get(feed).status_code == 200


@pytest.mark.parametrize("blocks", [1, 500])
def test_an_issue_has_one_block_or_many(blocks: int, owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    body: dict[str, str] = {"body-count": str(blocks)}
    for place in range(blocks):
        start = f"body-{place}-"
        body |= {f"{start}type": "text", f"{start}order": str(place), f"{start}deleted": "", f"{start}id": ""}
        body[f"{start}value-text"] = written(f"Paragraph {place}.")
    assert owner_at_desk.post(url, form_of(owner_at_desk, url) | body).status_code == 302
    assert owner_at_desk.get(url).status_code == 200
    draft = reading.newest(issue)
    assert len(draft.body) == blocks
    found = [finding for finding in preflight.check(draft) if finding.level == "block"]
    assert found == []
    edition = freezing.freeze(issue=draft, by="staff:1", now=timezone.now())
    assert f"Paragraph {blocks - 1}." in edition.text_full
    assert edition.web_html.count("Paragraph ") == blocks
