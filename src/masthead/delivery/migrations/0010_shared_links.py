"""Links that lead by way of us, alike in all mails of a campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0009_held_providers'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='shared_links',
            field=models.BooleanField(default=False),
        ),
    ]
