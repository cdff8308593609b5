"""The order in which constant bytes and the pieces of one mail stand in it, put together in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter


class Layout:
    """`pieces`: constant bytes, and at the places of a mail's own pieces their numbers, all less than `own`."""

    def __init__(self, pieces: Iterable[bytes | int], own: int) -> None:
        self._constants = [b""]
        places: list[int] = []
        after_own = True
        for piece in pieces:
            if isinstance(piece, int):
                places.append(piece)
            elif after_own:
                places.append(own + len(self._constants))
                self._constants.append(piece)
            else:
                self._constants[-1] += piece
            after_own = isinstance(piece, int)
        # Twice nothing at the end: of a single place an itemgetter would give the piece itself and not a tuple.
        self._in_order = itemgetter(*places, own, own)

    def filled(self, own: Sequence[bytes]) -> bytes:
        """The bytes with `own` at their places."""
        return b"".join(self._in_order([*own, *self._constants]))
