"""The process of the sandbox with a reader that takes what it should not: for the tests of the limits."""

import sys
import time
from typing import Any

from masthead.bounces import sandboxed
from masthead.bounces.reading.reading import read as honest


def read(raw: bytes) -> Any:
    if b"memory" in raw:
        return bytearray(2**29)
    if b"processor" in raw:
        while True:
            pass
    if b"silence" in raw:
        time.sleep(600)
    if b"fault" in raw:
        raise KeyError("a fault")
    if b"file" in raw:
        with open("/tmp/masthead-sandbox-must-not-write", "w") as file:
            file.write("x")
    if b"exit" in raw:
        sys.exit(3)
    return honest(raw)


sandboxed.read = read
sandboxed.CPU_SECONDS = 0

if __name__ == "__main__":
    sandboxed.main()
