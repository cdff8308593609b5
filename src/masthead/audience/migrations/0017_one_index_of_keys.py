"""PostgreSQL has one index of the keys of addresses, not two: nobody asks how a key begins, for which Django makes the second."""

from django.db import migrations


def drop_index_for_like(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "audience_subscriber")
    for name, about in found.items():
        if about["index"] and not about["unique"] and about["columns"] == ["address_key"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):
    dependencies = [("audience", "0016_consent_event_at")]
    operations = [migrations.RunPython(drop_index_for_like, migrations.RunPython.noop)]
