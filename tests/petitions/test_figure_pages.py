"""The page of figures, and the same at the desk with its files (C-31)."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from community.actions import community_update, fact_record, place_create
from community.duties import Duty
from community.models import CommunityFact
from community.models.place import PlaceKind
from core.models import AuditEntry
from petitions.actions.figures import figures_refresh
from petitions.models import Petition
from tests.cast import NOW, make_staff, make_town
from tests.petitions.loop import Loop, file, person

DAY = timedelta(days=1)
PAGE = "/diecui/figures/"
DESK = reverse("admin:petitions_monthfigures_changelist")
SHEET = reverse("admin:petitions_monthfigures_sheet")
CSV = reverse("admin:petitions_monthfigures_csv")


@pytest.fixture
def town(diecui, secretary, grid_worker):
    """One matter confirmed by who asked, one waiting."""
    loop = Loop(file(diecui), desk=secretary, worker=grid_worker)
    loop.triage().claim().resolve().feed_back().publish().judge()
    file(diecui, who=person(phone="13700000002"))
    figures_refresh(at=NOW + DAY)
    return diecui


def publish(town, **fields):
    given = {
        "code": "streams",
        "label": "政务直播",
        "value": 150,
        "unit": "场",
        "qualifier": "nearly",
        "beside": "sessions",
        "as_of": date(2024, 11, 20),
        "source": "媒体公开报道",
        "at": NOW,
        **fields,
    }
    return fact_record(community=town.community, **given)


def records(client, user):
    """What somebody finds at the desk."""
    client.force_login(user)
    return client.get(DESK)


class TestPublicPage:
    @pytest.mark.parametrize("who", [None, "outsider", "resident", "secretary_of_another_community"])
    def test_everybody_may_read_it(self, client, town, request, who):
        if who:
            client.force_login(request.getfixturevalue(who))

        assert client.get(PAGE).status_code == 200

    def test_matters_by_channel_are_all_matters(self, client, town):
        page = client.get(PAGE)

        tables = {table.code: table for table in page.context["tables"]}
        large = {one.label: one.value for one in page.context["headlines"]}
        assert str(sum(row.cells[0] for row in tables["channel"].rows)) == large["收到"] == "2"

    def test_stages_are_in_the_communitys_own_words_and_order(self, client, town):
        tables = {table.code: table for table in client.get(PAGE).context["tables"]}

        assert [(row.label, list(row.cells)) for row in tables["stages"].rows] == [("收事", [1])]

    def test_says_how_many_of_those_to_be_answered_were(self, client, town):
        assert "反馈率 50.0%" in client.get(PAGE).content.decode()

    def test_unknown_or_closed_community_is_not_found(self, client, town, administrator):
        community_update(
            community_id=town.community.pk, changes={"is_active": False}, actor=administrator, at=NOW
        )

        assert client.get(PAGE).status_code == 404
        assert client.get("/nowhere/figures/").status_code == 404

    def test_may_only_be_read(self, client, town):
        assert client.post(PAGE).status_code == 405

    def test_says_when_it_was_computed(self, client, town):
        assert "截至 11月21日(周六)10:00" in client.get(PAGE).content.decode()

    def test_confirmed_by_residents_stands_apart_from_closed_by_the_unit(self, client, town):
        figures = {one.label: one.value for one in client.get(PAGE).context["headlines"]}

        assert (figures["居民确认办好"], figures["单位办结，居民未确认"]) == ("1", "0")

    def test_home_leads_there(self, client, town):
        assert f'href="{PAGE}"' in client.get("/diecui/").content.decode()

    def test_community_without_records_has_a_sentence(self, client, diecui):
        page = client.get(PAGE).content.decode()

        assert "还没有可以统计的记录" in page
        assert "%" not in re.sub(r"<head>.*?</head>", "", page, flags=re.S)
        assert "NaN" not in page

    def test_nothing_answered_has_no_rate(self, client, diecui):
        file(diecui)
        figures_refresh(at=NOW)

        page = client.get(PAGE)

        assert {"满意率", "按时答复"}.isdisjoint(one.label for one in page.context["headlines"])
        assert "还没有答复过的事" in page.content.decode()

    def test_drawings_bring_neither_style_nor_script(self, client, town):
        page = client.get(PAGE).content.decode()
        drawings = re.findall(r'<svg class="chart".*?</svg>', page, flags=re.S)

        assert len(drawings) >= 5
        for drawing in drawings:
            assert not re.search(r"style=|<style|<script|on\w+=|href=", drawing)
            assert re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', drawing)
            assert "<title" in drawing
            assert "<desc" in drawing

    def test_every_drawing_has_its_table(self, client, town):
        for table in client.get(PAGE).context["tables"]:
            assert table.rows

    @pytest.mark.parametrize("number", [3, 30])
    def test_costs_four_statements(self, client, diecui, number, django_assert_num_queries):
        for index in range(number):
            place = place_create(kind=PlaceKind.ESTATE, name=f"小区{index}", parent=diecui.place, at=NOW)
            file(diecui, place=place, at=NOW - index * 20 * DAY, who=person(phone=f"137000000{index:02}"))
            publish(diecui, code=f"streams-{index}")
        figures_refresh(at=NOW)
        client.get(PAGE)

        with django_assert_num_queries(4):
            client.get(PAGE)

    def test_quiet_month_is_shown_as_nothing(self, client, diecui):
        file(diecui, at=NOW - 70 * DAY, who=person(phone="13700000001"))
        file(diecui, who=person(phone="13700000002"))
        figures_refresh(at=NOW)

        months = next(table for table in client.get(PAGE).context["tables"] if table.code == "months")

        assert [row.cells[0] for row in months.rows][-3:] == [1, 0, 1]


class TestPublishedFigures:
    def test_what_goes_on_from_a_published_figure_keeps_its_qualifier(self, client, town):
        for number in (3, 4):
            loop = file(town, who=person(phone=f"1370000000{number}"))
            Petition.objects.filter(pk=loop.pk).update(
                stage="archived", severity="blue", fed_back_at=NOW, closed_at=NOW
            )
        figures_refresh(at=NOW + DAY, community_ids=[town.community.pk])
        publish(
            town,
            label="解决群众诉求",
            value=2680,
            unit="件",
            qualifier="over",
            beside="answered",
            as_of=date(2026, 10, 31),
            goes_on=True,
        )

        page = client.get(PAGE).content.decode()

        assert "2,680余 件" in page
        assert "此后 3 件，合计 2,683余 件" in page

    def test_what_was_recorded_before_a_published_figure_is_not_added_to_it(self, client, town):
        publish(town, value=2680, beside="received", as_of=date(2026, 11, 30), qualifier="over", goes_on=True)

        assert "此后 0 场，合计 2,680余 场" in client.get(PAGE).content.decode()

    @pytest.mark.parametrize("wrong", [{"unit": "%"}, {"beside": ""}])
    def test_database_lets_nothing_go_on_that_is_no_count(self, town, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            publish(town, goes_on=True, **wrong)

    def test_qualifier_is_never_left_out(self, client, town):
        publish(town)

        page = client.get(PAGE).content.decode()

        assert "近150 场" in page
        assert not re.search(r"[^近]150", page)

    @pytest.mark.parametrize(
        ("qualifier", "said"),
        [("exact", "1,000"), ("over", "1,000余"), ("nearly", "近1,000"), ("about", "约1,000")],
    )
    def test_each_qualifier_is_said(self, qualifier, said):
        assert CommunityFact(value=Decimal(1000), qualifier=qualifier).said == said

    def test_qualifier_is_said_in_english_too(self):
        with translation.override("en"):
            assert CommunityFact(value=Decimal(150), qualifier="nearly").said == "nearly 150"

    def test_stand_with_their_day_and_source_beside_the_count(self, client, town):
        publish(town, beside="answered", since=date(2024, 4, 23))

        table = client.get(PAGE).context["tables"][0]

        assert table.rows[0].cells == ["近150 场", "1", "2024年4月23日至2024年11月20日", "媒体公开报道"]

    def test_are_shown_before_the_first_record(self, client, diecui):
        publish(diecui)

        assert "近150 场" in client.get(PAGE).content.decode()

    def test_rate_without_records_says_so(self, client, diecui):
        publish(diecui, beside="satisfaction", value="99.5", unit="%", qualifier="exact", sample=200)

        row = client.get(PAGE).context["tables"][0].rows[0]

        assert row.cells[:2] == ["99.5%（n=200）", "还没有"]

    def test_are_no_part_of_the_profile(self, client, diecui):
        publish(diecui)

        assert "政务直播" not in client.get("/diecui/about/").content.decode()

    def test_only_the_newest_of_a_kind_is_shown(self, client, diecui):
        publish(diecui, value=90, as_of=date(2023, 12, 31))
        publish(diecui)

        assert len(client.get(PAGE).context["tables"][0].rows) == 1

    def test_staff_choose_what_they_stand_beside_and_leave_a_trace(self, client, diecui, secretary):
        client.force_login(secretary)
        answer = client.post(
            reverse("admin:community_communityfact_add"),
            {
                "community": diecui.community.pk,
                "code": "streams",
                "label": "政务直播",
                "value": "150",
                "unit": "场",
                "qualifier": "nearly",
                "since": "2024-04-23",
                "as_of": "2024-11-20",
                "source": "媒体公开报道",
                "beside": "sessions",
                "order": "0",
            },
        )

        assert answer.status_code == 302
        assert CommunityFact.objects.get().beside == "sessions"
        assert AuditEntry.objects.filter(event="communityfact.created", actor=secretary).exists()

    @pytest.mark.parametrize(
        "wrong", [{"beside": "nothing"}, {"since": "2025-01-01"}, {"sample": "0"}, {"value": ""}]
    )
    def test_what_cannot_be_is_refused(self, client, diecui, secretary, wrong):
        client.force_login(secretary)
        given = {
            "community": diecui.community.pk,
            "code": "streams",
            "label": "政务直播",
            "value": "150",
            "qualifier": "nearly",
            "as_of": "2024-11-20",
            "source": "媒体公开报道",
            "order": "0",
        }

        answer = client.post(reverse("admin:community_communityfact_add"), {**given, **wrong})

        assert answer.status_code == 200
        assert not CommunityFact.objects.exists()

    def test_clerk_may_not_write_them(self, client, diecui, clerk):
        client.force_login(clerk)

        assert client.get(reverse("admin:community_communityfact_add")).status_code == 403


class TestDesk:
    @pytest.mark.parametrize("path", [DESK, SHEET, CSV])
    def test_is_closed_to_strangers_and_to_those_without_a_post(self, client, town, outsider, path):
        assert client.get(path).status_code == 302
        client.force_login(outsider)
        assert client.get(path).status_code in {302, 403}

    def test_grid_worker_sees_the_community_around_the_grid_alone(self, client, town, grid_worker):
        assert [place.pk for place in records(client, grid_worker).context["shown"].places] == [town.place.pk]

    def test_subdistrict_sees_its_sum_and_its_communities(self, client, town, fuxi, subdistrict, supervisor):
        file(fuxi, who=person(phone="13700000003"))
        figures_refresh(at=NOW + DAY)

        shown = records(client, supervisor).context["shown"]

        assert shown.place == subdistrict
        assert shown.report.whole["received"] == 3
        assert {place.pk for place in shown.places} == {subdistrict.pk, town.place.pk, fuxi.place.pk}

    def test_topic_ranking_of_the_county_is_the_sum_over_its_communities(
        self, client, diecui, fuxi, county, subdistrict
    ):
        """P-48: one list of topics whatever the brand; e-bike charging is the commonest of all."""
        towns = [diecui, fuxi, *(make_town(slug, slug, subdistrict) for slug in ("xijiao", "jiwang"))]
        for number, town in enumerate(towns):
            for n in range(number + 1):
                file(town, who=person(phone=f"1370000{number}{n:03d}"), topic="e_bike_charging")
            file(town, who=person(phone=f"1370001{number}000"), topic="lift")
        figures_refresh(at=NOW + DAY)
        watcher = make_staff("county", "县督办", Duty.SUPERVISOR, county)
        client.force_login(watcher)

        def ranking(place) -> list[tuple[str, int]]:
            shown = client.get(DESK, {"place": place.pk}).context["shown"]
            topics = next(table for table in shown.tables if table.code == "topic")
            return [(row.label, row.cells[0]) for row in topics.rows]

        each = [dict(ranking(town.place))["电动车充电"] for town in towns]
        assert ranking(county) == [("电动车充电", sum(each)), ("电梯", 4)]
        assert each == [1, 2, 3, 4]

    def test_county_sees_its_sum_by_subdistrict(self, client, town, county, subdistrict):
        watcher = make_staff("county", "县督办", Duty.SUPERVISOR, county)

        page = records(client, watcher)

        assert page.context["shown"].place == county
        places = next(table for table in page.context["shown"].tables if table.code == "place")
        assert [(row.label, row.cells[0]) for row in places.rows] == [(subdistrict.name, 2)]

    def test_place_elsewhere_is_not_found(self, client, town, fuxi, secretary):
        client.force_login(secretary)

        for path in (DESK, SHEET, CSV):
            assert client.get(path, {"place": fuxi.place.pk}).status_code == 404
            assert client.get(path, {"place": "x"}).status_code == 404

    def test_says_the_same_as_the_public_page(self, client, town, secretary):
        publish(town)
        desk, public = records(client, secretary).context["shown"].tables, client.get(PAGE).context["tables"]

        assert [(table.title, table.rows) for table in desk] == [
            (table.title, table.rows) for table in public
        ]

    @pytest.mark.parametrize("number", [3, 30])
    def test_costs_a_fixed_number_of_statements(
        self, client, diecui, supervisor, number, django_assert_num_queries
    ):
        for index in range(number):
            file(diecui, at=NOW - index * 20 * DAY, who=person(phone=f"137000000{index:02}"))
        figures_refresh(at=NOW)
        records(client, supervisor)

        with django_assert_num_queries(7):
            client.get(DESK)

    def test_excel_holds_the_tables_and_no_formula(self, client, town, secretary):
        town.place.name = town.estate.name = "=1+1"
        town.place.save()
        town.estate.save()
        client.force_login(secretary)

        answer = client.get(SHEET)
        rows = list(load_workbook(io.BytesIO(answer.content)).active)

        assert ["居民确认办好", 1, "100%"] in [[cell.value for cell in row[:3]] for row in rows]
        names = [cell.data_type for row in rows for cell in row if cell.value == "=1+1"]
        assert names == ["s", "s"]

    def test_csv_holds_the_tables_and_no_formula(self, client, town, secretary):
        town.estate.name = "=1+1"
        town.estate.save()
        client.force_login(secretary)

        text = client.get(CSV).content.decode("utf-8-sig")

        assert "居民确认办好,1,100%" in text
        assert "\n'=1+1,2" in text


def test_private_matters_are_counted_and_nothing_of_them_is_said(client, town):
    Petition.objects.update(is_private=True, public_title="", text="秘密的话")
    figures_refresh(at=NOW + DAY, community_ids=[town.community.pk])

    page = client.get(PAGE)

    assert page.context["report"].whole["received"] == 2
    assert "秘密" not in page.content.decode()
