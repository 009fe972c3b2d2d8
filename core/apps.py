from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("基础")

    def ready(self) -> None:
        from core import personal
        from core.actions import retention
        from core.checks import check_messages

        checks.register(check_messages, "core")
        retention.register()
        personal.register()
        self._count_database_errors()

    def _count_database_errors(self) -> None:
        from django.db.backends.signals import connection_created

        from core.metrics import count_database_errors

        def wrap(connection: Any, **_: Any) -> None:
            if count_database_errors not in connection.execute_wrappers:
                connection.execute_wrappers.append(count_database_errors)

        connection_created.connect(wrap, weak=False, dispatch_uid="core.metrics")
