"""What changed lately is found without looking at everything; the table stays open to writers meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("petitions", "0023_month_figures")]
    operations = [
        AddIndexConcurrently("petition", models.Index(fields=["changed_at"], name="petition_changed")),
    ]
