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
