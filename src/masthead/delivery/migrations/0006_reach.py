"""Whom a campaign is for: everybody, those who joined since the issue was sent, or those it did not reach."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_segments_of_campaigns")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="reach",
            field=models.CharField(
                choices=[("all", "everybody"), ("joined", "those who joined since"), ("missed", "those not reached")],
                default="all",
                max_length=6,
            ),
        ),
    ]
