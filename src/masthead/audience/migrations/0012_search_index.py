"""An index of the parts of addresses and names, which the database keeps up to date by itself.

SQLite: FTS5 with threes of letters over the two columns, which stay where they are (`content`); without positions (`detail`), since
whoever searches looks at what is found. PostgreSQL: `pg_trgm`, when it is there and may be made. Elsewhere a search reads all rows.
"""

from django.db import ProgrammingError, migrations, transaction

TRIGGERS = {
    "audience_search_added": "AFTER INSERT ON audience_subscriber BEGIN {add} END",
    "audience_search_gone": "AFTER DELETE ON audience_subscriber BEGIN {take} END",
    "audience_search_changed": (
        "AFTER UPDATE OF address_key, name ON audience_subscriber "
        "WHEN old.address_key IS NOT new.address_key OR old.name IS NOT new.name BEGIN {take} {add} END"
    ),
}
ADD = "INSERT INTO audience_search (rowid, address_key, name) VALUES (new.id, new.address_key, new.name);"
TAKE = (
    "INSERT INTO audience_search (audience_search, rowid, address_key, name) "
    "VALUES ('delete', old.id, old.address_key, old.name);"
)


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        install_fts5(schema_editor)
    elif schema_editor.connection.vendor == "postgresql":
        install_pg_trgm(schema_editor)


def install_fts5(schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")
        if not cursor.fetchone()[0]:
            return
    schema_editor.execute(
        "CREATE VIRTUAL TABLE audience_search USING fts5(address_key, name, content='audience_subscriber', content_rowid='id', "
        "tokenize='trigram', detail='none', columnsize=0)"
    )
    schema_editor.execute("INSERT INTO audience_search (rowid, address_key, name) SELECT id, address_key, name FROM audience_subscriber")
    for name, body in TRIGGERS.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {body.format(add=ADD, take=TAKE)}")


def install_pg_trgm(schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not cursor.fetchone()[0]:
            return
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except ProgrammingError:
            # Not ours to make: docs/explanation/performance.md says what the owner of the database can do.
            return
    schema_editor.execute(
        "CREATE INDEX audience_search ON audience_subscriber USING gin (address_key gin_trgm_ops, UPPER(name::text) gin_trgm_ops)"
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute("DROP TABLE IF EXISTS audience_search")
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS audience_search")


class Migration(migrations.Migration):
    dependencies = [("audience", "0011_passkeys")]
    operations = [migrations.RunPython(install, remove)]
