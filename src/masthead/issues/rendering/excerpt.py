"""What an excerpt mail holds of the body."""

from __future__ import annotations

from masthead.issues.blocks.base import Block
from masthead.issues.blocks.divider import DividerBlock
from masthead.issues.content import Content


def excerpt_body(content: Content) -> tuple[Block, ...]:
    """The blocks above the divider "mail ends here"; none without such a divider: then the excerpt stands for the text."""
    for place, block in enumerate(content.body):
        if isinstance(block, DividerBlock) and block.mail_ends:
            return content.body[:place]
    return ()
