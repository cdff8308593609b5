"""An index of when readers joined and left: Home asks for it each time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audience", "0015_deleted_lists")]
    operations = [migrations.AddIndex("consentevent", models.Index(fields=["at"], name="consent_event_at"))]
