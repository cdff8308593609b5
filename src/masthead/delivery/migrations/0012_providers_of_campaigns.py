"""Providers that need a header to say later which mail an event is about."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0011_shared_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='providers',
            field=models.JSONField(default=list),
        ),
    ]
