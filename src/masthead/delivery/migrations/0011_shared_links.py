"""Links that lead by way of us, alike in all mails of a campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0010_dry_run_of_a_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='shared_links',
            field=models.BooleanField(default=False),
        ),
    ]
