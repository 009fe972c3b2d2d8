"""Registers what petitions contribute to the lower apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PetitionsConfig(AppConfig):
    name = "petitions"
    verbose_name = _("诉求")

    def ready(self) -> None:
        from community.backends import grant
        from community.duties import Power
        from community.place_listeners import place_moved
        from core import registries
        from petitions import notices
        from petitions.actions.moving import petitions_follow_place
        from petitions.actions.sweeping import follow_calendar

        notices.register_policies()
        grant("petitions.petition", view={Power.PETITION_READ})
        place_moved.append(petitions_follow_place)
        registries.calendar_changed.register("petitions.deadlines", follow_calendar)
