"""Links of a reader's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_dry_run")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="personal_links",
            field=models.BooleanField(default=False),
        ),
    ]
