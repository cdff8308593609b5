"""The database itself refuses to change a consent event once written, or a text that readers were shown."""

from django.db import migrations

RULES = [
    ("audience_consentevent", "a consent event never changes"),
    ("audience_consenttext", "a text that readers were shown never changes"),
]


def install(apps, schema_editor):
    for table, words in RULES:
        name = f"append_only_{table}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def remove(apps, schema_editor):
    for table, _words in RULES:
        name = f"append_only_{table}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("audience", "0002_resumable_imports")]
    operations = [migrations.RunPython(install, remove)]
