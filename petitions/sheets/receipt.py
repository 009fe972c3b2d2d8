"""The receipt on paper: number, code, promise, and the code that opens the matter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from community.workflow import Profile
from core.display import absolute, moment
from petitions.models import PetitionReporter
from petitions.selectors import links
from petitions.selectors.places import public_place
from petitions.sheets.paper import Paper


def receipt_pdf(reporter: PetitionReporter, profile: Profile) -> bytes:
    """One page to keep or to hand over at the counter."""
    petition = reporter.petition
    paper = Paper(_("诉求回执 %s") % petition.number)
    paper.add_page()
    paper.line(f"{petition.community.name} · {profile.brand}", size=13, align="C", ink=90)
    paper.line(_("诉求回执"), size=22, align="C", gap=6)
    paper.line(_("编号"), size=12, align="C", gap=0, ink=90)
    paper.line(petition.number, size=30, align="C", gap=4)
    code = links.tracking_code(reporter)
    paper.line(_("查询码 %s") % f"{code[:4]} {code[4:]}", size=20, align="C", gap=4)
    paper.code(absolute(links.ticket_path(reporter)), x=80, y=paper.get_y(), side=50)
    paper.set_y(paper.get_y() + 54)
    paper.line(_("扫码查看办理进度"), size=12, align="C", gap=8, ink=90)
    for label, value in _facts(reporter):
        if value:
            paper.line(_("%(label)s：%(value)s") % {"label": label, "value": value}, gap=1.5)
    paper.ln(4)
    paper.line(_("请收好这张回执。凭编号和查询码，随时可以查进度、补充情况、评价结果。"), size=11, ink=90)
    if petition.community.hotline:
        paper.line(_("社区电话：%s") % petition.community.hotline, size=11, ink=90)
    paper.note_missing()
    return paper.content()


def _facts(reporter: PetitionReporter) -> list[tuple[str, str]]:
    petition = reporter.petition
    words = petition.text if reporter.is_first else reporter.words
    return [
        (_("反映时间"), moment(reporter.joined_at)),
        (
            _("地点"),
            " ".join(
                filter(None, [public_place(petition.place), petition.spot if reporter.is_first else ""])
            ),
        ),
        (_("内容"), words),
        (_("反映人"), reporter.name),
        (_("代"), reporter.on_behalf_of),
        (_("承诺"), _("%s 前答复") % moment(petition.promise_at) if petition.promise_at else ""),
    ]
