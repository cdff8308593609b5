"""What a publication counts of its mails: nothing, unless said."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0007_blocks_for_some'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='measuring',
            field=models.CharField(choices=[('nothing', 'nothing: links lead straight to their targets'), ('links', 'how often each link is followed, never by whom')], default='nothing', max_length=10, verbose_name='counted'),
        ),
    ]
