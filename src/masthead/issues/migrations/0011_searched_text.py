"""The folded words of each edition, for the archive's search; those of editions that are there are written now."""

from django.db import migrations, models

from masthead.issues.folding import fold, words_of

#: Editions are some hundred kilobytes each.
CHUNK = 50


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
