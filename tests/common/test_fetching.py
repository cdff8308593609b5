"""The guarded client: what it refuses, and what it brings from a server of the test."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from masthead.common.fetching import INTERNET, FetchError, Network, checked, fetch, is_public

#: Ways of writing an address inside: none may ever be connected to.
INSIDE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.000.000.001/",
    "http://127.0.0.1./",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://foo.localhost/",
    "http://printer.local/",
    "http://db.internal/",
    "http://nas.lan/",
    "http://router.home.arpa/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.254/",
    "http://192.168.0.1/",
    "http://169.254.169.254/",
    "http://169.254.0.1/",
    "http://100.64.0.1/",
    "http://100.127.255.254/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.88.99.1/",
    "http://１２７.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://user@example.org/",
    "http://example.org:22/",
    "http://example.org:8080/",
    "http://example.org@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "http://",
    "http://-/",
    "http://a..b/",
    "http://example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.org/",
    "http://[::1/",
]


def nobody(host: str) -> list[str]:
    """Numbers resolve to themselves, as they do for the system; nothing else has an address."""
    return [host] if re.fullmatch(r"[0-9a-f.:]+", host) else []


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_never_connected_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("it connected")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(FetchError) as caught:
        fetch(url, network=Network(resolve=nobody))
    assert caught.value.kind in {"address", "forbidden"}


def test_there_are_sixty_of_them_and_the_public_ones_pass() -> None:
    assert len(INSIDE) >= 60
    assert [address for address in ("93.184.216.34", "2606:2800:220:1::1", "1.1.1.1") if not is_public(address)] == []
    assert checked("https://example.org/a b".replace(" ", "%20") + "?q=é") == ("https", "example.org", 443, "/a%20b?q=%C3%A9")
    assert checked("http://bücher.example/")[1] == "xn--bcher-kva.example"


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_name_that_leads_inside_is_refused_even_if_it_leads_outside_too(answers: list[str]) -> None:
    with pytest.raises(FetchError, match="own network"):
        fetch("http://news.example.org/", network=Network(resolve=lambda host: answers))


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    asked: list[str] = []
    hold = threading.Event()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        type(self).asked.append(self.headers["Host"] + self.path)
        if self.path.startswith("/to/"):
            self._answer(302, b"", Location=self.path[4:])
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            while not self.hold.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
        elif self.path == "/bomb":
            self._answer(200, gzip.compress(b"\0" * 50_000_000), **{"Content-Encoding": "gzip"})
        elif self.path == "/large":
            self._answer(200, b"x" * 300_000)
        elif self.path == "/gone":
            self._answer(410, b"gone")
        else:
            self._answer(200, b"<p>Hello</p>", **{"Content-Type": "text/html; charset=utf-8"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            try:
                self.wfile.write(body)
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Handler.asked, Handler.hold = [], threading.Event()
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.daemon_threads = True
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    Handler.hold.set()
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def network(server: ThreadingHTTPServer) -> Network:
    """Every name but one leads to the server of the test; the guard against this machine is told so."""

    def resolve(host: str) -> list[str]:
        if host == "nowhere.example.org":
            raise OSError("no such name")
        return [host if host[0].isdigit() else "127.0.0.1"]

    return Network(
        resolve=resolve,
        may_reach=lambda address: address == "127.0.0.1",
        ports=frozenset({80, 443, server.server_address[1]}),
    )


@pytest.fixture
def at(server: ThreadingHTTPServer) -> Callable[[str], str]:
    return lambda path: f"http://news.example.org:{server.server_address[1]}{path}"


def test_a_page_comes_with_its_name_in_the_host_header(at: Callable[[str], str], network: Network) -> None:
    page = fetch(at("/page"), network=network)
    assert (page.status, page.body, page.content_type, page.charset) == (200, b"<p>Hello</p>", "text/html", "utf-8")
    assert Handler.asked[0].startswith("news.example.org:")
    assert fetch(at("/gone"), method="HEAD", network=network).status == 410


def test_each_redirect_is_checked_like_the_first_address(at: Callable[[str], str], network: Network) -> None:
    assert fetch(at("/to//page"), network=network).status == 200
    for target in ("http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "file:///etc/passwd", "http://localhost/"):
        with pytest.raises(FetchError) as caught:
            fetch(at(f"/to/{target}"), network=network)
        assert caught.value.kind in {"forbidden", "address"}
    with pytest.raises(FetchError, match="more than 5 times"):
        fetch(at("/to/" * 10 + "/page"), network=network)


def test_size_and_time_have_ends(at: Callable[[str], str], network: Network) -> None:
    for path in ("/large", "/bomb"):
        with pytest.raises(FetchError) as caught:
            fetch(at(path), most_bytes=100_000, network=network)
        assert caught.value.kind == "size"
        assert len(fetch(at(path), most_bytes=100_000, enough=True, network=network).body) == 100_000
    with pytest.raises(FetchError) as caught:
        fetch(at("/drip"), seconds=0.5, network=network)
    assert caught.value.kind == "time"


def test_a_site_that_is_not_there_is_told_from_one_without_a_certificate(at: Callable[[str], str], network: Network) -> None:
    with pytest.raises(FetchError) as caught:
        fetch("http://nowhere.example.org/", network=network)
    assert caught.value.kind == "dns"
    with pytest.raises(FetchError) as caught:
        fetch(at("/page").replace("http:", "https:"), network=network)
    assert caught.value.kind in {"tls", "protocol"}
    assert INTERNET.ports == {80, 443}


def test_there_is_no_other_http_client() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "masthead"
    client = re.compile(r"^\s*(?:from|import) (?:urllib\.request|http\.client|requests|httpx|urllib3|aiohttp)\b", re.MULTILINE)
    found = [path.name for path in source.rglob("*.py") if client.search(path.read_text(encoding="utf-8"))]
    assert found == ["fetching.py"]
