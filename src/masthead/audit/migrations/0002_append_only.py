"""The database itself refuses to change the record."""

from django.db import migrations

RULES = [("UPDATE", "an entry of the record never changes"), ("DELETE", "an entry of the record is never deleted")]


def install(apps, schema_editor):
    for event, words in RULES:
        name = f"append_only_audit_entry_{event.lower()}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON audit_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON audit_entry FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def remove(apps, schema_editor):
    for event, _words in RULES:
        name = f"append_only_audit_entry_{event.lower()}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON audit_entry")
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
