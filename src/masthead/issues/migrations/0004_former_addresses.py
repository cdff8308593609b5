"""Where a publication was reached before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0003_link_check")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="former_urls",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
