"""How many archive and issue pages a second are served, beside a bare Django view with one query, on the same server, in one run.

`python benchmarks/pages.py [--issues 200] [--connections 8] [--seconds 4] [--rounds 3] [--database URL]`

Both run under uvicorn as `masthead serve` does. The bare view has no middleware and no template: it counts the publications
and answers with the number. Prints one JSON line; the ratios are the median of the rounds, ours to the bare view's. Beside
them what the same page costs when it is made anew each time (MASTHEAD_KEEP_PAGES=no).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
PATHS = {"archive": "/issues/", "issue": "/issues/150/", "home": "/", "feed": "/feed.atom"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=200)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", default="", help="postgresql://…, an empty one; without it: SQLite")
    parser.add_argument("--serve", choices=("ours", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    if options.serve:
        serve(options.serve, options.port)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASTHEAD_DATA=folder, MASTHEAD_DATABASE_URL=options.database)
        publish(options.issues)
        print(json.dumps(measure(options)))


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Rates in requests a second, medians of the rounds, and their ratios to the bare view's."""
    rates: dict[str, list[float]] = {name: [] for name in ("bare", *PATHS, "issue_made_anew")}
    with ExitStack() as servers:
        bare = servers.enter_context(server("bare"))
        ours = servers.enter_context(server("ours"))
        anew = servers.enter_context(server("ours", MASTHEAD_KEEP_PAGES="no"))
        for _round in range(options.rounds):
            rates["bare"].append(rate(bare, "/", options))
            for name, path in PATHS.items():
                rates[name].append(rate(ours, path, options))
            rates["issue_made_anew"].append(rate(anew, PATHS["issue"], options))
    medians = {name: round(statistics.median(found)) for name, found in rates.items()}
    ratios = {name: round(medians[name] / medians["bare"], 2) for name in medians if name != "bare"}
    return {"a_second": medians, "ratio": ratios, "rounds": options.rounds, "connections": options.connections}


def rate(port: int, path: str, options: argparse.Namespace) -> float:
    """Answers with status 200 in a second, over connections that are kept open, each with one request at a time."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept-Encoding: gzip\r\n\r\n".encode()

    async def client(until: float) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answered = 0
        while time.perf_counter() < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{path} was answered with {head[:60]!r}")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            answered += 1
        writer.close()
        return answered

    async def clients(seconds: float) -> float:
        began = time.perf_counter()
        answered = await asyncio.gather(*(client(began + seconds) for _ in range(options.connections)))
        return sum(answered) / (time.perf_counter() - began)

    asyncio.run(clients(0.5))  # the first pages are made, connections to the database opened
    return asyncio.run(clients(options.seconds))


@contextmanager
def server(kind: str, **environment: str) -> Iterator[int]:
    """A server of its own process; its port, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, __file__, "--serve", kind, "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit(f"The server ({kind}) did not begin to answer within two minutes.")
        yield port
    finally:
        process.terminate()
        process.wait()


def serve(kind: str, port: int) -> None:
    """Answer until the signal comes: the product, or the bare view in its place."""
    import uvicorn

    application = _bare() if kind == "bare" else "masthead.config.asgi:application"
    options = uvicorn.Config(application, port=port, lifespan="off", log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(options).run()


def _bare() -> Any:
    """Django with nothing but one view, which asks the database once."""
    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = __name__
    from masthead.issues.models import Publication

    def bare(request: HttpRequest) -> HttpResponse:
        answer = str(Publication.objects.count())
        return HttpResponse(answer, headers={"Content-Length": str(len(answer))})

    globals()["urlpatterns"] = [path("", bare)]
    return get_asgi_application()


def publish(issues: int) -> None:
    """An install with a publication and `issues` issues of some 900 words."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from masthead.audience.lists import create as create_list
    from masthead.issues import publications
    from tests.web.conftest import publish_edition

    call_command("migrate", verbosity=0)
    now = timezone.now()
    readers = create_list(name="Readers", by="benchmark", now=now)
    publication = publications.create(
        name="The Courier", from_address="courier@example.org", imprint="1 Quay", by="benchmark", now=now, lists=[readers]
    )
    text = "<p>" + "The ferry runs again, and the pilots have a word to say about it. " * 65 + "</p>"
    for number in range(1, issues + 1):
        publish_edition(publication, number, f"Issue {number}", slug=f"issue-{number}", text=text)


if __name__ == "__main__":
    main()
