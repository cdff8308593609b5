"""The database itself refuses to change what was frozen: editions, their files, and numbers once taken."""

from django.db import migrations

# table, event, guard (OLD and NEW are rows), what the refusal says
RULES = [
    ("issues_edition", "UPDATE", "", "an edition never changes"),
    ("issues_edition", "DELETE", "", "an edition is never deleted"),
    ("issues_editionasset", "UPDATE", "", "the files of an edition never change"),
    ("issues_editionasset", "DELETE", "", "the files of an edition are never deleted"),
    ("issues_takennumber", "DELETE", "", "a number that was taken stays taken"),
    (
        "issues_takennumber",
        "UPDATE",
        "OLD.number <> NEW.number OR OLD.publication_id <> NEW.publication_id",
        "a number that was taken stays taken",
    ),
    ("issues_issue", "UPDATE", "OLD.number IS NOT NULL AND (NEW.number IS NULL OR OLD.number <> NEW.number)", "the number of an issue never changes"),
]


def install(apps, schema_editor):
    for number, (table, event, guard, words) in enumerate(RULES):
        name = f"append_only_{table}_{number}"
        when = f"WHEN ({guard})" if guard else ""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
            )


def remove(apps, schema_editor):
    for number, (table, *_) in enumerate(RULES):
        name = f"append_only_{table}_{number}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
