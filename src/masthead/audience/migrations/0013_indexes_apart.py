"""The indexes of fingerprints and domains stand apart from the columns, so that a large import can do without them for a while.

A fingerprint is made of the address's key, which is unique: no constraint of its own is needed. SQLite makes the table anew for
that, and the triggers of the index of parts of addresses (0012) with it.
"""

from django.db import migrations, models

TAKE = (
    "INSERT INTO audience_search (audience_search, rowid, address_key, name) "
    "VALUES ('delete', old.id, old.address_key, old.name);"
)
ADD = "INSERT INTO audience_search (rowid, address_key, name) VALUES (new.id, new.address_key, new.name);"
TRIGGERS = {
    "audience_search_added": f"AFTER INSERT ON audience_subscriber BEGIN {ADD} END",
    "audience_search_gone": f"AFTER DELETE ON audience_subscriber BEGIN {TAKE} END",
    "audience_search_changed": (
        "AFTER UPDATE OF address_key, name ON audience_subscriber "
        f"WHEN old.address_key IS NOT new.address_key OR old.name IS NOT new.name BEGIN {TAKE} {ADD} END"
    ),
}


def drop_indexes_of_domain(apps, schema_editor):
    """PostgreSQL has a second one, for LIKE."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "audience_subscriber")
    for name, about in found.items():
        if about["index"] and about["columns"] == ["domain"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audience_search'")
        if not cursor.fetchone()[0]:
            return
    for name, body in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(f"CREATE TRIGGER {name} {body}")


class Migration(migrations.Migration):
    dependencies = [("audience", "0012_search_index")]
    operations = [
        # Run backwards, this one comes last: then the table has been made anew, too.
        migrations.RunPython(migrations.RunPython.noop, make_triggers),
        migrations.AlterField("subscriber", "fingerprint", models.BinaryField(max_length=16)),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_indexes_of_domain, migrations.RunPython.noop)],
            state_operations=[migrations.AlterField("subscriber", "domain", models.CharField(max_length=255))],
        ),
        migrations.AddIndex("subscriber", models.Index(fields=["fingerprint"], name="subscriber_fingerprint")),
        migrations.AddIndex("subscriber", models.Index(fields=["domain"], name="subscriber_domain")),
        migrations.RunPython(make_triggers, migrations.RunPython.noop),
    ]
