"""Where the process is that reads a mailbox: on the same machine its end is noticed at once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bounces', '0009_own_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailbox',
            name='busy_on',
            field=models.CharField(blank=True, default='', max_length=80),
            preserve_default=False,
        ),
    ]
