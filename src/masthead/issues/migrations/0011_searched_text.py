"""The folded words of each edition, for the archive's search; those of editions that are there are written now."""

import re
import unicodedata
from html import unescape

from django.db import migrations, models

#: Editions are some hundred kilobytes each.
CHUNK = 50

# As masthead.issues.folding was when this was written: a migration stays what it is.
SAME = ("یيىئ", "کك", "هةۀ", "اأإآٱ", "وؤ", *(f"{n}{chr(0x660 + n)}{chr(0x6F0 + n)}" for n in range(10)))
SKIPPED = re.compile("[\\u200b\\u200c\\u200d\\u00ad\\u0640\\u064b-\\u0652\\u0670]")
TAG = re.compile(r"<[^>]*>")


def words_of(edition):
    body = unescape(TAG.sub("", edition.feed_html)) if edition.visibility == "public" else ""
    return "\n".join((edition.title, edition.excerpt, edition.byline, edition.label, body))


def fold(words):
    return SKIPPED.sub("", unicodedata.normalize("NFC", words)).translate(ONE_FOR_EACH).casefold().translate(ONE_FOR_EACH)


def one_for_each():
    found = {ord(other): row[0] for row in SAME for other in row[1:]}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            found[code] = base.lower()
    found[ord("ı")] = "i"
    return found


ONE_FOR_EACH = one_for_each()


def write(apps, schema_editor):
    Edition, SearchedText = apps.get_model("issues", "Edition"), apps.get_model("issues", "SearchedText")
    needed = ("title", "excerpt", "byline", "label", "feed_html", "visibility")
    rows = []
    for edition in Edition.objects.filter(is_test=False).only(*needed).iterator(chunk_size=CHUNK):
        rows.append(SearchedText(edition=edition, folded=fold(words_of(edition))))
        if len(rows) == CHUNK:
            SearchedText.objects.bulk_create(rows)
            rows = []
    SearchedText.objects.bulk_create(rows)


def store_as_is(apps, schema_editor):
    """PostgreSQL would compress the text, and unpack all of them for each search."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE issues_searchedtext ALTER COLUMN folded SET STORAGE EXTERNAL")


class Migration(migrations.Migration):

    dependencies = [
        ("issues", "0010_lenient_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchedText",
            fields=[
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="searched",
                        serialize=False,
                        to="issues.edition",
                    ),
                ),
                ("folded", models.TextField()),
            ],
        ),
        migrations.RunPython(store_as_is, migrations.RunPython.noop),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
