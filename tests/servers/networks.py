"""Machines of the tests' own: network namespaces on one bridge, which can be cut off from it.

Nothing of this machine's own network is touched; all of it goes with the namespaces. Needs root and Linux that allows it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NET = "10.197.85"


class NotAllowed(Exception):
    """This machine makes no networks for us; the text says why."""


@dataclass(frozen=True)
class Network:
    """A bridge at `address` with a machine for each name in `names`."""

    prefix: str
    names: Sequence[str]

    @property
    def address(self) -> str:
        """Where the machines find what runs `at_the_hub`."""
        return f"{_NET}.1"

    @property
    def at_the_hub(self) -> list[str]:
        """In front of a command: run it where the bridge is. It becomes the command, under the same process number."""
        return ["ip", "netns", "exec", f"{self.prefix}-hub"]

    def at(self, name: str) -> list[str]:
        """In front of a command: run it on this machine."""
        return ["ip", "netns", "exec", f"{self.prefix}-{name}"]

    def address_of(self, name: str) -> str:
        """The IP address of a machine."""
        return f"{_NET}.{self.names.index(name) + 2}"

    def cut_off(self, name: str) -> None:
        """Take the machine's cable out: nobody is told."""
        _run(*self.at_the_hub, "ip", "link", "set", name, "down")

    def put_back(self, name: str) -> None:
        """Put the cable in again."""
        _run(*self.at_the_hub, "ip", "link", "set", name, "up")


@contextlib.contextmanager
def network(*names: str) -> Iterator[Network]:
    """Machines of these names (at most eleven letters), until the end. Raises NotAllowed."""
    made = Network(f"masthead-{secrets.token_hex(4)}", names)
    with contextlib.ExitStack() as stack:
        hub = _namespace(stack, f"{made.prefix}-hub")
        for command in ("link set lo up", "link add bridge type bridge", f"addr add {made.address}/24 dev bridge"):
            _ask("-n", hub, *command.split())
        _ask("-n", hub, "link", "set", "bridge", "up")
        for name in names:
            machine = _namespace(stack, f"{made.prefix}-{name}")
            _ask("-n", hub, *f"link add {name} type veth peer name cable netns {machine}".split())
            _ask("-n", hub, *f"link set {name} master bridge up".split())
            for command in ("link set lo up", f"addr add {made.address_of(name)}/24 dev cable", "link set cable up"):
                _ask("-n", machine, *command.split())
        yield made


def _namespace(stack: contextlib.ExitStack, name: str) -> str:
    if os.geteuid() != 0:
        raise NotAllowed("networks of one's own take root")
    if shutil.which("ip") is None:
        raise NotAllowed("there is no program ip (Debian: iproute2)")
    _ask("netns", "add", name)
    stack.callback(_run, "ip", "netns", "delete", name)
    return name


def _ask(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAllowed(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
