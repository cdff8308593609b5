"""The models of this package."""

from masthead.audit.models.entry import Entry

__all__ = ["Entry"]
