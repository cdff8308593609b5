"""Consent to tracking, apart from subscriptions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audience', '0013_indexes_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='confirmation',
            name='tracking',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='kind',
            field=models.CharField(choices=[('requested', 'asked to join'), ('confirmed', 'confirmed'), ('withdrawn', 'left'), ('imported', 'imported'), ('complained', 'complained'), ('added', 'added by staff'), ('merged', 'merged with another address'), ('undone', 'taken back'), ('tracked', 'agreed to tracking'), ('untracked', 'ended tracking')], max_length=12),
        ),
        migrations.CreateModel(
            name='TrackingConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('publication', models.PositiveBigIntegerField()),
                ('since', models.DateTimeField()),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tracking_consents', to='audience.subscriber')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'publication'), name='tracking_consent_once')],
            },
        ),
    ]
