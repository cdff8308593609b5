"""Masthead publishes a numbered bulletin once and delivers it to every reader, with a record for each.

The rooms, bottom to top, are described in docs/architecture.md; a package imports only from those below it.
"""

__version__ = "0.1.0"
