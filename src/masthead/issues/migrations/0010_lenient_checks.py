"""Which checks only warn in a publication. Links by http: did so far, and go on."""

from django.db import migrations, models


def let_pass(apps, schema_editor):
    apps.get_model('issues', 'Publication').objects.update(lenient=['link-http'])


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0009_tracking_of_readers'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='lenient',
            field=models.JSONField(blank=True, default=list, verbose_name='checks that only warn'),
        ),
        migrations.RunPython(let_pass, migrations.RunPython.noop),
    ]
