"""The wiring as a Django app, for the system checks alone."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks

        checks.register_all()
