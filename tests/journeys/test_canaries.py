"""Secrets stay where they belong: odd words are given as passwords and keys, then looked for in all that was said and kept."""

from __future__ import annotations

import contextlib
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.servers.install import Install
from tests.servers.processes import free_port
from tests.servers.sinks import smtp_sink

pytestmark = pytest.mark.journey

KEY = "canary-key-6f1d2a" * 4
RELAY = "canary-relay-91c4"
MAILBOX = "canary-mailbox-7be0"
DATABASE = "canary-database-20d8"


def test_no_secret_is_in_an_answer_a_log_an_export_or_the_data_folder(tmp_path: Path) -> None:
    install = Install(tmp_path, {"SECRET_KEY": KEY, "PORT": str(free_port())})
    said = main_job(install)
    with smtp_sink(tmp_path) as sink:
        install.settings["SMTP_URL"] = sink.url
        said.append(install.run("send", "1971", "--list", "The Courier", "--wait"))
        mail = sink.mails()[0]
    said.append(install.run("export", "--list", "The Courier", "--format", "json"))
    link = re.findall(r"http://[^>]+/u/(\w+)", " ".join(str(mail["List-Unsubscribe"]).split()))[0]
    with install.serving() as url:
        said += [
            page(f"{url}/u/{link}", b"List-Unsubscribe=One-Click"),
            page(f"{url}/u/{'a' * 34}"),
            page(f"{url}/no/such/thing"),
        ]
        said += [page(f"{url}/desk/login/", b"login=%ff&password=" + MAILBOX.encode())]
    said += [log.read_text() for log in tmp_path.glob("*.log")]
    for secret in (KEY, RELAY, MAILBOX, DATABASE, link):
        assert not [text for text in said if secret in text], secret
        assert not [name for name, kept in files(tmp_path / "data") if secret.encode() in kept], secret


def main_job(install: Install) -> list[str]:
    """Everything up to the sending, with wrong relays, mailboxes and databases on the way; all that was said."""
    folder = install.folder
    (folder / "relay").write_text(RELAY)
    (folder / "mailbox").write_text(MAILBOX)
    (folder / "readers.csv").write_text("email,name\nada@example.org,Ada\n")
    (folder / "issue.md").write_text("The vote was eleven to ten.\n")
    nobody = ("--host", "127.0.0.1", "--port", str(free_port()), "--user", "courier")
    elsewhere = Install(folder, {"DATABASE_URL": f"postgresql://courier:{DATABASE}@127.0.0.1:{free_port()}/courier"})
    unreachable = Install(folder, {**install.settings, "SMTP_URL": f"smtp://courier:{RELAY}@127.0.0.1:{free_port()}"})
    return [
        install.run("init"),
        elsewhere.run("transport", "list", status=1),
        install.run(
            *("publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"),
            *("--imprint", "The Courier, 7 Quay Street, Porthaven", "--live"),
        ),
        install.run("transport", "add", "house", *nobody, "--password-file", str(folder / "relay"), status=1),
        install.run("transport", "add", "house", *nobody, "--password-file", str(folder / "relay"), "--untested"),
        install.run("bounces", "mailbox", "add", "back", *nobody, "--password-file", str(folder / "mailbox"), "--untested"),
        install.run("bounces", "fetch", status=1),
        install.run("import", str(folder / "readers.csv"), "--list", "The Courier"),
        install.run("issue", "create", str(folder / "issue.md"), "--title", "The ferry stays"),
        unreachable.run("transport", "test", status=1),
        install.run("transport", "list", "--json"),
    ]


def page(url: str, body: bytes | None = None) -> str:
    """What a page says, whatever its status."""
    with contextlib.closing(opened(url, body)) as answer:
        return str(answer.read().decode("utf-8", "replace")) + str(answer.headers)


def opened(url: str, body: bytes | None) -> urllib.request.addinfourl:
    """The answer to a request, errors too."""
    try:
        found: urllib.request.addinfourl = urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=60)
    except urllib.error.HTTPError as error:
        return error
    return found


def files(folder: Path) -> list[tuple[str, bytes]]:
    """Name and bytes of all that is kept."""
    return [(str(path), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]
