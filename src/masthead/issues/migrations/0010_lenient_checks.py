"""Which checks only warn in a publication."""

from django.db import migrations, models

import masthead.issues.models.publication


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0009_tracking_of_readers'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='lenient',
            field=models.JSONField(blank=True, default=masthead.issues.models.publication.lenient_at_first, verbose_name='checks that only warn'),
        ),
    ]
