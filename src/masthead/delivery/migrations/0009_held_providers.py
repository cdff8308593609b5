"""Providers whose readers wait while the rest of a campaign goes on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0008_spam_score")]

    operations = [
        migrations.CreateModel(
            name="HeldProvider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=255)),
                ("why", models.TextField()),
                ("readers", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="held_providers", to="delivery.campaign"
                    ),
                ),
            ],
            options={"ordering": ["since", "id"]},
        ),
        migrations.AddConstraint(
            model_name="heldprovider",
            constraint=models.UniqueConstraint(fields=("campaign", "provider"), name="held_once"),
        ),
    ]
