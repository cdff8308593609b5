from django.db import migrations, models


class Migration(migrations.Migration):
    """What asks for a person is found without reading all the rest."""

    dependencies = [
        ("bounces", "0004_webhooks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rawreport",
            name="state",
            field=models.CharField(choices=[("waiting", "waiting to be read"), ("read", "read"), ("unread", "could not be read"), ("aside", "could not be read, and was set aside by a person")], default="waiting", max_length=8),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(condition=models.Q(("outcome", "held")), fields=["id"], name="finding_held"),
        ),
        migrations.AddIndex(
            model_name="rawreport",
            index=models.Index(condition=models.Q(("state", "unread")), fields=["id"], name="report_unread"),
        ),
    ]
