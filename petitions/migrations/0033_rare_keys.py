"""A key that most matters lack is indexed only where it is there; open matters are found by their place.

The table stays open to writers meanwhile.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


RARE = (
    *("intake", "talk_point", "entered_by", "category", "merged_into", "follow_on_of", "service"),
    "resolved_by",
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("community", "0008_sheet_import"),
        ("grids", "0001_initial"),
        ("petitions", "0032_not_coming"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            AddIndexConcurrently(
                "petition",
                models.Index(
                    fields=[name], name=f"petition_{name}", condition=models.Q((f"{name}__isnull", False))
                ),
            )
            for name in RARE
        ),
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            "accepted",
                            "deliberating",
                            "dispatched",
                            "in_progress",
                            "received",
                            "resolved",
                            "triaged",
                        ],
                    ),
                    ("is_private", False),
                    ("spam_marked_at__isnull", True),
                ),
                fields=["place_path"],
                name="petition_problem_place",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="community.categorysetting",
                verbose_name="类别",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="follow_on_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ons",
                to="petitions.petition",
                verbose_name="接着",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="intake",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="community.channel",
                verbose_name="来源",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="petitions.petition",
                verbose_name="并入",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="办结人",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="petitions",
                to="petitions.serviceborn",
                verbose_name="促成的服务",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="talk_point",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="community.talkpoint",
                verbose_name="说事点",
            ),
        ),
    ]
