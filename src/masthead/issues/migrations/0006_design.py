"""A typeface, a colour for the dark and words in several languages for each publication."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_assignment")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="night_accent",
            field=models.CharField(blank=True, max_length=7, verbose_name="colour by night"),
        ),
        migrations.AddField(
            model_name="publication",
            name="typeface",
            field=models.CharField(default="georgia", max_length=20, verbose_name="typeface"),
        ),
        migrations.AddField(
            model_name="publication",
            name="texts",
            field=models.JSONField(blank=True, default=dict, verbose_name="own words"),
        ),
    ]
