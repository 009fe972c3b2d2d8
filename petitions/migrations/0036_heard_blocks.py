"""When somebody last spoke of what holds a project up; what is open now is looked at by the next sweep."""

from django.conf import settings
from django.db import migrations, models

KNOWN = """
    UPDATE petitions_projectblock SET heard_at = opened_at,
        sweep_at = CASE WHEN cleared_at IS NULL AND kind <> 'project' THEN now() END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0035_old_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="projectblock",
            name="latest",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100, verbose_name="最新进展"
            ),
        ),
        migrations.AddField(
            model_name="projectblock",
            name="sweep_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="projectblock",
            name="heard_at",
            field=models.DateTimeField(null=True, verbose_name="最近有人过问"),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="projectblock",
            name="heard_at",
            field=models.DateTimeField(verbose_name="最近有人过问"),
        ),
        migrations.AddIndex(
            model_name="projectblock",
            index=models.Index(
                condition=models.Q(("sweep_at__isnull", False)), fields=["sweep_at"], name="block_sweep"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("cleared_at__isnull", True), ("sweep_at__isnull", True), _connector="OR"),
                name="block_cleared_rests",
            ),
        ),
    ]
