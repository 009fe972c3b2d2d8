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
        self._contribute()

    def _contribute(self) -> None:
        """Tiles and sections of the community's home and of the page 我的."""
        from community.registries import account_tiles, home_panels
        from core.registries import desk_panels
        from petitions.selectors import desk_panel, home

        home_panels.register("petitions.figures", home.panel_figures, order=20)
        home_panels.register("petitions.answers", home.panel_answers, order=30)
        home_panels.register("petitions.action", home.panel_action, order=900)
        account_tiles.register("petitions.mine", home.tile_mine, order=10)
        desk_panels.register("petitions.queues", desk_panel.queue_panel, order=10)
