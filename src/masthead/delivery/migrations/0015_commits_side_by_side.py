"""On PostgreSQL two commits of a worker are under way at once: each holds its ranges without shutting out the other."""

import importlib

from django.db import migrations

_BEFORE = importlib.import_module("masthead.delivery.migrations.0013_written_in_place").FUNCTION

# FOR KEY SHARE goes together with itself and with a sign of life, and shuts out FOR UPDATE: that is what everybody takes who
# raises a token or moves rows of a campaign.
FUNCTION = _BEFORE.replace("ORDER BY id FOR UPDATE)", "ORDER BY id FOR KEY SHARE)")


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_BEFORE)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0014_tracking_of_readers")]
    operations = [migrations.RunPython(install, remove)]
