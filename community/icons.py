"""The icons that a board may have, by their name in the icon set."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BOARD_ICONS: Final[list[tuple[str, str | Promise]]] = [
    ("circle", _("圆")),
    ("landmark", _("政务")),
    ("building-2", _("大厅")),
    ("message-square-text", _("说话")),
    ("heart-handshake", _("志愿")),
    ("music", _("文化")),
    ("megaphone", _("喇叭")),
    ("clipboard-list", _("清单")),
    ("map", _("地图")),
    ("info", _("说明")),
    ("book-open", _("读书")),
    ("utensils", _("食堂")),
    ("gift", _("积分")),
    ("users", _("邻里")),
    ("calendar-days", _("日历")),
    ("phone", _("电话")),
    ("shield-check", _("安全")),
    ("briefcase-business", _("就业")),
    ("baby", _("儿童")),
    ("accessibility", _("助残")),
]
