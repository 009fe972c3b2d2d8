"""QR codes of buildings and talk points on paper: six to a page, or one as a poster (P-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Community, TalkPoint
from core.display import absolute
from core.language import in_house
from petitions.selectors.places import public_place
from petitions.sheets.paper import FAMILY, Paper

COLUMNS: Final = 2
ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, in millimetres, with the size of its QR code and of its words in points."""

    x: float
    y: float
    width: float
    height: float
    code: float
    size: float


@in_house
def qr_sheet_pdf(community: Community, points: Sequence[TalkPoint], *, poster: bool) -> bytes:
    """A sheet of cards to cut out, or one page for each code."""
    paper = Paper(_("%s 扫码说事") % community.name)
    paper.set_auto_page_break(False)
    paper.set_draw_color(150)
    for index, point in enumerate(points):
        place = index % (1 if poster else COLUMNS * ROWS)
        if place == 0:
            paper.add_page()
        _card(paper, _box(place, poster=poster), community, point)
    if paper.missing:
        paper.add_page()
        paper.note_missing()
    return paper.content()


def _box(place: int, *, poster: bool) -> Box:
    if poster:
        return Box(18, 30, 174, 230, 110, 30)
    return Box(15 + 90 * (place % COLUMNS), 12 + 91 * (place // COLUMNS), 90, 91, 46, 14)


def _card(paper: Paper, box: Box, community: Community, point: TalkPoint) -> None:
    paper.set_dash_pattern(dash=2, gap=2)
    paper.rect(box.x, box.y, box.width, box.height)
    paper.set_dash_pattern()
    where = public_place(point.place)
    name = point.name if where in point.name or point.kind == "building" else f"{where} {point.name}"
    path = reverse("petitions:file_at", args=[community.slug, point.token])
    y = box.y + box.size * 0.35
    y = _words(paper, box, y, community.profile.brand_name, box.size)
    y = _words(paper, box, y, name, box.size * 0.8)
    quiet = box.code / 10
    paper.code(absolute(path), x=box.x + (box.width - box.code) / 2, y=y + quiet, side=box.code)
    y = _words(paper, box, y + box.code + 2 * quiet, _("扫码说事，不用注册"), box.size * 0.8)
    if community.hotline:
        _words(
            paper,
            box,
            y,
            _("%(name)s %(phone)s") % {"name": community.name, "phone": community.hotline},
            box.size * 0.65,
        )


def _words(paper: Paper, box: Box, y: float, text: str, size: float) -> float:
    """One centred line, made smaller until it fits; the height at which the next one begins."""
    shown = paper.words(text)
    paper.set_text_color(0)
    paper.set_font(FAMILY, size=size)
    while size > 6 and paper.get_string_width(shown) > box.width - 8:
        size -= 0.5
        paper.set_font_size(size)
    paper.set_xy(box.x, y)
    paper.cell(box.width, size * 0.5, shown, align="C")
    return y + size * 0.55
