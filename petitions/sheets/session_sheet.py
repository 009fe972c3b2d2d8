"""A session on paper: the agenda, the code to sign in with, and a sheet for those without a phone."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from core.display import absolute, moment
from core.language import in_house
from petitions.models import AgendaState, DeliberationSession, Participant
from petitions.selectors import links
from petitions.sheets.paper import FAMILY, Paper

LINES: Final = 18
COLUMNS: Final = (12.0, 46.0, 50.0, 36.0, 30.0)


@in_house
def session_pdf(session: DeliberationSession) -> bytes:
    """Two pages: what is on the table with the code to scan, and the sign-in sheet."""
    paper = Paper(session.title)
    paper.add_page()
    _head(paper, session)
    paper.line(_("议程"), size=16, gap=3)
    topics = list(session.agenda.filter(state=AgendaState.CHOSEN))
    for number, topic in enumerate(topics, start=1):
        paper.line(f"{number}. {topic.title}", size=13, gap=2)
    if not topics:
        paper.line(_("议程还没有定。"), size=12, ink=90)
    if paper.get_y() > 190:
        paper.add_page()
    y = paper.get_y() + 8
    paper.code(absolute(links.session_code_path(session)), x=75, y=y, side=60)
    paper.set_y(y + 64)
    paper.line(_("到了请扫码签到，不用注册"), size=14, align="C")
    paper.add_page()
    _head(paper, session)
    _sheet(paper, session)
    paper.note_missing()
    return paper.content()


def _head(paper: Paper, session: DeliberationSession) -> None:
    paper.line(session.community.name, size=12, align="C", ink=90)
    paper.line(session.title, size=22, align="C", gap=4)
    paper.line(f"{moment(session.starts_at)} · {session.venue}", size=13, align="C", gap=6)


def _sheet(paper: Paper, session: DeliberationSession) -> None:
    """Whoever is expected stands on it already; empty lines follow."""
    paper.line(_("签到表"), size=16, gap=3)
    people = Participant.objects.coming().filter(session=session)
    expected = [(person.name, str(person.get_role_display())) for person in people]
    rows = [*expected, *[("", "")] * max(4, LINES - len(expected))]
    _row(paper, [_("序号"), _("姓名"), _("代表哪一方"), _("签名"), _("电话")])
    for number, (name, role) in enumerate(rows, start=1):
        _row(paper, [str(number), name, role, "", ""])


def _row(paper: Paper, cells: list[str]) -> None:
    paper.set_font(FAMILY, size=11)
    paper.set_text_color(0)
    paper.set_draw_color(150)
    for width, text in zip(COLUMNS, cells, strict=True):
        paper.cell(width, 10, paper.words(text)[:14], border=1)
    paper.ln(10)
