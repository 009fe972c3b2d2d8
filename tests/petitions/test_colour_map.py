"""三色图谱: staff see open matters by grid and colour, each number a list (P-16)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from core.models import User
from petitions.actions.hiding import spam_mark
from petitions.actions.triage import petition_triage
from petitions.models import Petition
from tests.cast import Town, grid_in_force, make_staff, put_in_post
from tests.petitions.loop import decision, file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
MAP = "/admin/petitions/petition/colours/"
NUMBER = re.compile(r'<a class="chip[^"]*" href="([^"]+)">(\S+) (\d+)</a>')
OTHER_INDEXES = """
    SELECT relation.relname FROM pg_index JOIN pg_class relation ON relation.oid = indexrelid
    WHERE indrelid = 'petitions_petition'::regclass AND relation.relname <> 'petition_colour_map'
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@pytest.fixture
def now():
    return timezone.now()


def graded(town: Town, level: int, *, at, actor: User, building: int = 0) -> Petition:
    made = file(town, at=at, place=town.buildings[building], who=person(phone=f"139000000{level * 7:02}"))
    if level:
        given = decision(scale=level)
        petition_triage(petition_id=made.pk, actor=actor, decision=given, at=at)
    return made


def shown(client: Client, path: str = MAP) -> dict[str, list[tuple[str, str, int]]]:
    """The rows of the map: name → address, colour and number of each cell that holds something."""
    page = client.get(path).content.decode()
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = {}
    for row in body.split("<tr>")[1:]:
        name = re.sub(r"<[^>]+>", "", row.partition("</th>")[0].partition("<small>")[0]).strip()
        rows[name] = [(unescape(url), label, int(n)) for url, label, n in NUMBER.findall(row)]
    return rows


def test_strangers_sign_in_and_whoever_reads_no_matter_is_refused(client, administrator):
    assert client.get(MAP).status_code == 302
    client.force_login(administrator)
    assert client.get(MAP).status_code == 403


def test_every_number_leads_to_the_list_of_just_these(client, diecui, secretary, now):
    for level in (0, 1, 1, 2, 3):
        graded(diecui, level, at=now, actor=secretary)
    graded(diecui, 2, at=now, actor=secretary, building=1)
    client.force_login(secretary)

    rows = shown(client)

    assert {name: [cell[1:] for cell in cells] for name, cells in rows.items()} == {
        "第1网格": [("红色", 1), ("黄色", 1), ("蓝色", 2), ("未定级", 1)],
        "第2网格": [("黄色", 1)],
    }
    for cells in rows.values():
        for url, _label, number in cells:
            assert len(client.get(url).context["cl"].result_list) == number


def test_spam_and_what_is_over_count_nowhere_and_what_lies_in_no_grid_has_a_line(
    client, diecui, secretary, now
):
    spam = graded(diecui, 0, at=now, actor=secretary)
    spam_mark(petition_id=spam.pk, actor=secretary, reason="广告", at=now)
    over = graded(diecui, 1, at=now, actor=secretary)
    Petition.objects.filter(pk=over.pk).update(stage="returned")
    file(diecui, at=now, place=diecui.place)
    client.force_login(secretary)

    page = client.get(MAP).content.decode()

    assert shown(client) == {"第1网格": [], "第2网格": [], "不在任何网格": []}
    assert page.count(">1</td>") == 2


def test_a_post_sees_its_own_grids_a_subdistrict_its_communities_and_then_their_grids(
    client, diecui, fuxi, secretary, supervisor, grid_worker, secretary_of_another_community, now
):
    graded(diecui, 3, at=now, actor=secretary)
    client.force_login(grid_worker)
    assert list(shown(client)) == ["第1网格"]
    client.force_login(secretary_of_another_community)
    assert shown(client) == {"第1网格": [], "第2网格": []}
    assert client.get(f"{MAP}?community={diecui.community.pk}").status_code == 404

    client.force_login(supervisor)
    above = shown(client)

    assert [name for name, _cells in above.items()] == ["叠翠社区", "府西社区"]
    url, label, number = above["叠翠社区"][0]
    assert (label, number) == ("红色", 1)
    assert len(client.get(url).context["cl"].result_list) == 1
    assert shown(client, f"{MAP}?community={diecui.community.pk}")["第1网格"][0][1:] == ("红色", 1)
    for wrong in ("0", "x", "9" * 30):
        assert client.get(f"{MAP}?community={wrong}").status_code == 404


def test_a_page_costs_the_same_for_three_and_for_three_hundred_grids(client, diecui, secretary, now):
    graded(diecui, 3, at=now, actor=secretary)
    client.force_login(secretary)
    client.get(MAP)
    costs, lines = [], []
    for count in (1, 297):
        for number in range(count):
            grid_in_force(diecui.community, f"网格{count}-{number}", [])
        with statements() as used:
            lines.append(len(shown(client)))
        costs.append(len(used))

    assert costs[0] == costs[1] <= 8
    assert lines == [3, 60]


def test_every_grid_is_on_one_page_and_what_lies_in_none_on_the_last(client, diecui, secretary, now):
    for number in range(70):
        grid_in_force(diecui.community, f"网格{number}", [])
    file(diecui, at=now, place=diecui.place)
    client.force_login(secretary)
    seen, path = [], MAP
    while path:
        page = client.get(path).content.decode()
        seen += list(shown(client, path))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = MAP + unescape(found[1]) if found else ""

    assert len(seen) == len(set(seen)) == 73
    assert seen[-1] == "不在任何网格"


def test_the_count_asks_the_index_of_open_matters_alone(diecui, secretary, now):
    graded(diecui, 3, at=now, actor=secretary)
    rows = Petition.objects.genuine().open().filter(community=diecui.community, grid__in=[1, 2]).order_by()

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(OTHER_INDEXES)
        for (name,) in cursor.fetchall():  # which of them is cheapest for three rows hangs on chance
            cursor.execute(f'DROP INDEX "{name}"')
    plan = rows.values_list("grid", "severity").explain()

    assert "Index Only Scan using petition_colour_map" in plan


def test_the_desk_leads_there(client, diecui, secretary):
    client.force_login(secretary)

    for name in ("admin:index", "admin:petitions_petition_changelist"):
        assert f'href="{MAP}"' in client.get(reverse(name)).content.decode()


def test_a_deputy_of_two_communities_chooses_one(client, diecui, fuxi, now):
    clerk = make_staff("two", "两头跑", Duty.CLERK, diecui.place)
    put_in_post(clerk, Duty.CLERK, fuxi.place)
    client.force_login(clerk)

    assert list(shown(client)) == ["叠翠社区", "府西社区"]
