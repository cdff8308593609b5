"""The twelve content blocks as the editor's form shows them."""

from __future__ import annotations

from wagtail import blocks


class BodyBlock(blocks.StreamBlock):
    """The body of an issue."""

    text = blocks.RichTextBlock()
    heading = blocks.StructBlock(
        [("level", blocks.ChoiceBlock(choices=[("2", "2"), ("3", "3")], default="2")), ("text", blocks.CharBlock())]
    )


class NotesBlock(blocks.StreamBlock):
    """The footnotes of an issue."""

    note = blocks.StructBlock([("key", blocks.CharBlock()), ("text", blocks.RichTextBlock())])
