"""What readers who agreed open and follow, and the figures that are left of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audience', '0014_tracking_of_readers'),
        ('delivery', '0014_tracking_of_readers'),
        ('tracking', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadingSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('figures', models.JSONField()),
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('times', models.PositiveIntegerField(default=0)),
                ('programs', models.PositiveIntegerField(default=0)),
                ('first_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.campaign')),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='audience.subscriber')),
            ],
            options={
                'indexes': [models.Index(fields=['campaign', 'number'], name='reading_of_campaign')],
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'campaign', 'number'), name='reading_once')],
            },
        ),
    ]
