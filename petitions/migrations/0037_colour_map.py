"""Open matters by grid and colour are counted from an index alone. The table stays open to writers meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("community", "0011_looks"),
        ("grids", "0001_initial"),
        ("petitions", "0036_heard_blocks"),
    ]

    operations = [
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
                            "evaluated",
                            "fed_back",
                            "followed_up",
                            "in_progress",
                            "published",
                            "received",
                            "resolved",
                            "triaged",
                        ],
                    ),
                    ("spam_marked_at__isnull", True),
                ),
                fields=["community", "grid", "severity"],
                name="petition_colour_map",
            ),
        ),
    ]
