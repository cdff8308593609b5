"""The twelve content blocks and the footnotes as the editor's form shows them. What a stored value means is in `values`."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

#: What rich text may have; the renderer's allow-list is the same.
PROSE = ["bold", "italic", "link", "superscript", "subscript", "ul", "ol", "code"]
#: Rich text of one or few sentences.
SENTENCES = ["bold", "italic", "link", "superscript", "subscript"]

LANGUAGE_TAG = RegexValidator(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", _("Write a language tag such as en, fa or pt-BR."))
#: How a condition begins (`rendering.conditions` reads all of it, and pre-flight says what it could not read).
CONDITION = RegexValidator(
    r"^\s*(not\s+)?[a-z][a-z0-9_]{0,39}(\s+(is|and)\s+\S.*)?\s*$",
    _("Write a condition such as: member, not member, city is Lyon."),
)
#: What can stand between `[^` and `]`.
NOTE_KEY = RegexValidator(r"^[^\s\[\]^]{1,40}$", _("A key is one word or number without brackets."))

_WRITING = _("Writing")
_PICTURES = _("Pictures and files")
_PARTS = _("Parts of a page")

#: Names and children of all blocks are promises: drafts and revisions hold them.
TONES: list[tuple[str, str | Promise]] = [("note", _("Note")), ("warning", _("Warning")), ("appeal", _("Appeal"))]
PLACES: list[tuple[str, str | Promise]] = [("mail", _("only in the mail")), ("web", _("only on the web"))]
SHAPES: list[tuple[str, str | Promise]] = [
    ("rule", _("a line across the page")),
    ("mail_ends", _("the mail ends here, the rest is on the web")),
]


def _layout(*children: str) -> BlockGroup:
    """The children, and what few blocks need behind the cog: language, place, condition."""
    return BlockGroup(children=list(children), settings=["lang", "only", "show_if"])


class _Foreign(blocks.StructBlock):
    """What every block has."""

    lang = blocks.CharBlock(
        required=False,
        max_length=35,
        validators=[LANGUAGE_TAG],
        label=_("Language of this block"),
        help_text=_("Only if it differs from the issue's: fa, ar, fr … The direction follows."),
    )
    only = blocks.ChoiceBlock(required=False, choices=PLACES, label=_("Where it is shown"))
    show_if = blocks.CharBlock(
        required=False,
        max_length=200,
        validators=[CONDITION],
        label=_("Only for readers who"),
        help_text=_("A condition on their attributes, for mail alone: city is Lyon · member · not member and language is fr"),
    )


class TextForm(_Foreign):
    """Prose."""

    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = _WRITING
        description = _("Paragraphs and lists, with bold, italic and links.")
        form_layout = _layout("text")
        form_classname = "struct-block masthead-single"


class HeadingForm(_Foreign):
    """A heading inside the issue."""

    text = blocks.CharBlock(max_length=250, label=_("Heading"))
    level = blocks.ChoiceBlock(choices=[("2", _("section")), ("3", _("part of a section"))], default="2", label=_("Rank"))

    class Meta:
        icon = "title"
        label = _("Heading")
        group = _WRITING
        description = _("The title of a section or of a part of it.")
        label_format = "{text}"
        form_layout = _layout("text", "level")


class QuoteForm(_Foreign):
    """Somebody else's words, or the issue's own pulled out."""

    text = blocks.RichTextBlock(features=SENTENCES, label=_("Words"))
    source = blocks.CharBlock(required=False, max_length=250, label=_("Who said or wrote it"))
    pull = blocks.BooleanBlock(
        required=False, label=_("Pull quote"), help_text=_("A sentence of this issue, repeated large to catch the eye.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        group = _WRITING
        description = _("Words of somebody else, with their source.")
        form_layout = _layout("text", "source", "pull")


class VerseForm(_Foreign):
    """Lines that keep their breaks."""

    lines = blocks.TextBlock(rows=6, label=_("Lines"), help_text=_("Each line stays a line; an empty line begins a stanza."))
    code = blocks.BooleanBlock(required=False, label=_("Program code"), help_text=_("Keeps every space."))

    class Meta:
        icon = "list-ul"
        label = _("Verse or code")
        group = _WRITING
        description = _("Poems, addresses, code: lines that must stay as they are.")
        form_layout = _layout("lines", "code")


class ImageForm(_Foreign):
    """A picture with what belongs to it."""

    image = ImageBlock(label=_("The picture itself"))
    caption = blocks.CharBlock(required=False, max_length=500, label=_("Caption"))
    credit = blocks.CharBlock(required=False, max_length=250, label=_("Credit"))
    link = blocks.URLBlock(required=False, max_length=2000, label=_("Leads to"))

    class Meta:
        icon = "image"
        label = _("Picture")
        group = _PICTURES
        description = _("A picture with caption and credit.")
        form_layout = _layout("image", "caption", "credit", "link")


class EmbedForm(_Foreign):
    """A film or a recording elsewhere."""

    url = blocks.URLBlock(max_length=2000, label=_("Address"))
    title = blocks.CharBlock(max_length=250, label=_("Title"))
    still = ImageChooserBlock(
        required=False, label=_("Still picture"), help_text=_("Shown instead of the player, which is loaded only by a click.")
    )

    class Meta:
        icon = "media"
        label = _("Film or sound")
        group = _PICTURES
        description = _("A video or recording on another site, behind a still picture.")
        label_format = "{title}"
        form_layout = _layout("url", "title", "still")


class FileForm(_Foreign):
    """A document to take along."""

    document = DocumentChooserBlock(label=_("Document"))
    label = blocks.CharBlock(required=False, max_length=250, label=_("Words of the link"))
    attach = blocks.BooleanBlock(
        required=False, label=_("Attach it to the mail"), help_text=_("Heavy: every reader's mail carries it.")
    )

    class Meta:
        icon = "doc-full"
        label = _("File")
        group = _PICTURES
        description = _("A document to download.")
        form_layout = _layout("document", "label", "attach")


class LinkForm(blocks.StructBlock):
    """One recommendation."""

    title = blocks.CharBlock(max_length=300, label=_("Title"))
    url = blocks.URLBlock(max_length=2000, label=_("Address"))
    source = blocks.CharBlock(required=False, max_length=250, label=_("Where it appeared"))
    blurb = blocks.TextBlock(required=False, rows=2, max_length=1000, label=_("Why to read it"))

    class Meta:
        icon = "link"
        label = _("Link")
        label_format = "{title}"


class LinksForm(_Foreign):
    """A list of recommendations."""

    items = blocks.ListBlock(LinkForm(), min_num=1, label=_("Links"))

    class Meta:
        icon = "link"
        label = _("List of links")
        group = _PARTS
        description = _("Reading tips: title, source, a line on each.")
        form_layout = _layout("items")


class TableForm(_Foreign):
    """A table, typed or pasted as lines."""

    rows = blocks.TextBlock(
        rows=6,
        label=_("Rows"),
        help_text=_("One row a line, its cells separated by | or a tab: cells copied from a spreadsheet can be pasted."),
    )
    header = blocks.BooleanBlock(required=False, default=True, label=_("The first line names the columns"))
    row_headers = blocks.BooleanBlock(required=False, label=_("The first cell names the row"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    class Meta:
        icon = "table"
        label = _("Table")
        group = _PARTS
        description = _("Figures or dates in up to six columns.")
        form_layout = _layout("rows", "header", "row_headers", "caption")


class CalloutForm(_Foreign):
    """A box beside the text."""

    title = blocks.CharBlock(required=False, max_length=250, label=_("Title"))
    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))
    tone = blocks.ChoiceBlock(choices=TONES, default="note", label=_("Tone"))

    class Meta:
        icon = "info-circle"
        label = _("Box")
        group = _PARTS
        description = _("A note, a warning or an appeal that stands out.")
        form_layout = _layout("title", "text", "tone")


class ButtonForm(_Foreign):
    """One thing to do."""

    label = blocks.CharBlock(max_length=100, label=_("Words on the button"))
    url = blocks.URLBlock(max_length=2000, label=_("Leads to"))

    class Meta:
        icon = "pick"
        label = _("Button")
        group = _PARTS
        description = _("One thing the reader should do.")
        label_format = "{label}"
        form_layout = _layout("label", "url")


class DividerForm(_Foreign):
    """A rule, or where an excerpt mail ends."""

    shape = blocks.ChoiceBlock(choices=SHAPES, default="rule", label=_("What it does"))

    class Meta:
        icon = "minus"
        label = _("Divider")
        group = _PARTS
        description = _("A line between two parts, or the place where a shortened mail ends.")
        form_layout = _layout("shape")


class BodyBlock(blocks.StreamBlock):
    """The body of an issue: exactly these twelve."""

    text = TextForm()
    heading = HeadingForm()
    quote = QuoteForm()
    verse = VerseForm()
    image = ImageForm()
    embed = EmbedForm()
    file = FileForm()
    links = LinksForm()
    table = TableForm()
    callout = CalloutForm()
    button = ButtonForm()
    divider = DividerForm()


class NoteForm(blocks.StructBlock):
    """One footnote."""

    key = blocks.CharBlock(
        max_length=40, validators=[NOTE_KEY], label=_("Key"), help_text=_("Write [^key] in the text where the note belongs.")
    )
    text = blocks.RichTextBlock(features=SENTENCES, label=_("Note"))

    class Meta:
        icon = "superscript"
        label = _("Footnote")
        label_format = "[^{key}]"


class NotesBlock(blocks.StreamBlock):
    """The footnotes of an issue; readers see them numbered in the order of their marks."""

    note = NoteForm()
