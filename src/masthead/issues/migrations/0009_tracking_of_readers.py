"""A publication may keep what readers who agreed open and follow."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0008_measuring'),
    ]

    operations = [
        migrations.AlterField(
            model_name='publication',
            name='measuring',
            field=models.CharField(choices=[('nothing', 'nothing: links lead straight to their targets'), ('links', 'how often each link is followed, never by whom'), ('readers', 'the same, and what readers who agreed to it open and follow')], default='nothing', max_length=10, verbose_name='counted'),
        ),
    ]
