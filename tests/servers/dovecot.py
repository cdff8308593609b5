"""A whole Dovecot with its own configuration: IMAP and POP3 with STARTTLS and over TLS, one account."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import self_signed
from tests.servers.processes import answers, free_port, program, running, until

USER, PASSWORD = "courier", "s3cret-tide"
_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:{home}/mail
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
namespace inbox {{
  inbox = yes
  mailbox Done {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3_port}
  }}
  inet_listener pop3s {{
    port = {pop3_tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot. `folder` is the Maildir of its only account, `certificate` says "localhost"."""

    port: int
    tls_port: int
    pop3_port: int
    pop3_tls_port: int
    certificate: Path
    folder: Path
    log: Path

    def put(self, *mails: bytes) -> None:
        """Mails come in."""
        for number, mail in enumerate(mails):
            name = f"{1_790_000_000 + len(list((self.folder / 'new').iterdir()))}.{number}.{abs(hash(mail))}"
            partial = self.folder / "tmp" / name
            partial.write_bytes(mail)
            partial.chmod(0o644)
            partial.rename(self.folder / "new" / name)

    def names(self, folder: str = "") -> list[str]:
        """The files of a folder, whose ends tell the flags ("S": seen)."""
        place = self.folder / f".{folder}" if folder else self.folder
        return sorted(path.name for part in ("new", "cur") if (place / part).is_dir() for path in (place / part).iterdir())


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """It listens on loopback ports and keeps everything in a folder that goes with it."""
    # Not in a folder of pytest's: the path of a socket has at most 107 characters.
    home = Path(tempfile.mkdtemp(prefix="masthead-dovecot-", dir="/tmp"))
    try:
        for name in ("mail/new", "mail/cur", "mail/tmp", "run"):
            (home / name).mkdir(parents=True)
        made = Dovecot(*[free_port() for _port in range(4)], self_signed(home), home / "mail", home / "dovecot.log")
        configuration = home / "dovecot.conf"
        root = os.geteuid() == 0  # then it works as the users that its package made
        person = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.getuid())
        if root:
            home.chmod(0o755)
            for place in (home / "mail").rglob("*"):
                os.chown(place, person.pw_uid, person.pw_gid)
            os.chown(home / "mail", person.pw_uid, person.pw_gid)
        text = _CONFIGURATION.format(
            home=home,
            certificate=made.certificate,
            password=PASSWORD,
            user=person.pw_name,
            group=grp.getgrgid(person.pw_gid).gr_name,
            login="dovenull" if root else person.pw_name,
            uid=person.pw_uid,
            gid=person.pw_gid,
            port=made.port,
            tls_port=made.tls_port,
            pop3_port=made.pop3_port,
            pop3_tls_port=made.pop3_tls_port,
        )
        configuration.write_text(text)
        with running([program("dovecot"), "-F", "-c", str(configuration)], log=home / "output.log"):
            until(
                lambda: all(answers(port) for port in (made.port, made.tls_port, made.pop3_port, made.pop3_tls_port)),
                seconds=60,
                what=f"Dovecot answers: {(home / 'output.log').read_text()}",
            )
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)
