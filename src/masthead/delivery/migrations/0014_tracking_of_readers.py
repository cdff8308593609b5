"""Campaigns whose mails to readers who agreed have links of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0013_written_in_place'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='tracks_readers',
            field=models.BooleanField(default=False),
        ),
    ]
