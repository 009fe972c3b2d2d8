"""The sources' own figures, from records: they add up on the public page, to the unit (F1, F2)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from community.actions import fact_record
from community.models import CategorySetting
from petitions.actions.figures import figures_refresh
from petitions.models import DeliberationSession, Petition
from tests.cast import NOW, make_town
from tests.petitions.replay import Replay, night_talks, small_talks
from tests.petitions.sessions import planned

THURSDAY = datetime(2026, 11, 19, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def cells(page, code: str) -> dict[str, list[object]]:
    """One table of the page: label of the row → values."""
    table = next(table for table in page.context["tables"] if table.code == code)
    return {row.label: list(row.cells) for row in table.rows}


def large(page) -> dict[str, str]:
    return {one.label: one.value for one in page.context["headlines"]}


@pytest.fixture
def night_page(client, fuxi, secretary_of_another_community):
    """府西: F1."""
    night_talks(fuxi, secretary_of_another_community, until=THURSDAY)
    published = (
        ("talks", "府西夜话", 269, "期", "session.night_talk"),
        ("solved", "办成", 196, "件", "answered"),
    )
    for code, label, value, unit, beside in published:
        fact_record(
            community=fuxi.community,
            code=code,
            label=label,
            value=value,
            unit=unit,
            beside=beside,
            as_of=date(2025, 12, 31),
            source="媒体公开报道",
            at=NOW,
        )
    figures_refresh(at=NOW)
    return client.get("/fuxi/figures/")


@pytest.fixture
def small_page(client, diecui, secretary):
    """叠翠: F2."""
    small_talks(diecui, secretary, until=THURSDAY)
    fact_record(
        community=diecui.community,
        code="satisfied",
        label="群众满意率",
        value="99.5",
        unit="%",
        beside="satisfaction",
        as_of=date(2025, 12, 31),
        source="媒体公开报道",
        at=NOW,
    )
    figures_refresh(at=NOW)
    return client.get("/diecui/figures/")


def test_269_talks_and_196_matters_are_both_said(night_page):
    assert cells(night_page, "sessions")["夜话"][0] == 269
    assert "下一期是第 270 期" in night_page.content.decode()
    assert large(night_page)["已答复"] == "196"
    assert large(night_page)["议事"] == "269"


def test_matters_of_the_talks_are_70_79_and_47(night_page):
    assert cells(night_page, "category") == {
        "家庭邻里": [70, "35.7%"],
        "小区内部": [79, "40.3%"],
        "外部": [47, "24.0%"],
    }


def test_talks_take_five_years_and_years_add_up(night_page):
    years = cells(night_page, "years")

    assert list(years) == [f"{year}年" for year in range(2026, 2020, -1)]
    assert sum(row[0] for row in years.values()) == 196


def test_records_stand_beside_what_was_published(night_page):
    assert cells(night_page, "published") == {
        "府西夜话": ["269 期", "269", "截至2025年12月31日", "媒体公开报道"],
        "办成": ["196 件", "196", "截至2025年12月31日", "媒体公开报道"],
    }


def test_there_are_talks_without_a_matter(night_page):
    assert DeliberationSession.objects.filter(agenda=None).count() == 269 - 196


def test_next_talk_has_the_number_that_the_page_says(night_page, fuxi):
    assert planned(fuxi, "night-talk").session_no == 270


def test_five_tiles_of_small_talks_come_out_again(small_page):
    said = large(small_page)

    assert cells(small_page, "sessions") == {"公开议事日": [36, 36 * 6]}
    assert (said["收集意见"], said["化解矛盾"], said["处理安全隐患"], said["满意率"]) == (
        "58",
        "19",
        "21",
        "99.5",
    )
    assert "200 人评" in small_page.content.decode()


def test_opinions_are_more_than_matters_since_some_were_merged(small_page):
    assert (large(small_page)["收到"], large(small_page)["收集意见"]) == ("52", "58")
    assert Petition.objects.filter(stage="merged").count() == 6


def test_satisfaction_is_said_with_n_on_both_sides(small_page):
    assert cells(small_page, "published")["群众满意率"][:2] == ["99.5%（来源未写人数）", "99.5%（n=200）"]


def test_home_says_the_same_as_the_page(client, small_page):
    home = client.get("/diecui/").content.decode()

    assert "99.5%" in home
    assert "200 人评" in home


def test_what_is_published_is_in_no_count(night_page, client, fuxi):
    before = large(night_page)
    fact_record(
        community=fuxi.community,
        code="more",
        label="旧台账",
        value=1000,
        unit="件",
        beside="answered",
        as_of=date(2020, 12, 31),
        source="旧台账",
        at=NOW,
    )
    figures_refresh(at=NOW, community_ids=[fuxi.community.pk])

    assert large(client.get("/fuxi/figures/")) == before


def test_32_matters_of_tuesdays_stand_in_the_communitys_own_four_kinds(client, subdistrict, secretary):
    xijiao = make_town("xijiao", "西郊社区", subdistrict)
    replay = Replay(xijiao, secretary)
    shares = {"生产生活": 9, "公共设施": 12, "矛盾纠纷": 6, "困难帮扶": 5}
    kinds = {one.label: one for one in CategorySetting.objects.filter(profile_id=xijiao.community.pk)}
    for label, number in shares.items():
        kind = kinds[label]
        replay.matters(number, [THURSDAY], category=kind, canonical_category=kind.canonical)
    figures_refresh(at=NOW)

    counted = cells(client.get("/xijiao/figures/"), "kinds")

    assert {label: row[0] for label, row in counted.items()} == shares
    assert sum(row[0] for row in counted.values()) == 32


def test_communities_that_count_as_the_county_does_have_no_second_table(night_page):
    assert "kinds" not in {table.code for table in night_page.context["tables"]}
