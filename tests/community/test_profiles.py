"""One community, one brand: what is shipped, what staff may change, and what is refused (C-08, P-01, P-15, P-21)."""

from __future__ import annotations

import re
from datetime import time

import pytest
from django.urls import reverse

from community import actions
from community.models import CategorySetting, WorkflowProfile
from community.profiles import NEEDS, SHIPPED, contrast_on_white, profile_check, profile_of
from community.shipped import ShippedProfile
from community.workflow import (
    ALWAYS_ON,
    DEFAULT_LIMITS,
    DEFAULT_MODES,
    LOOP,
    MODES,
    Category,
    Channel,
    Clock,
    Duration,
    Gate,
    Limit,
    Mode,
    Profile,
    Stage,
)
from core.errors import InvalidInputError, NotAllowedError
from tests.cast import make_town


@pytest.fixture
def row(diecui):
    return diecui.community.profile


def fields_of(client, row):
    """What a browser would send back for the profile's form, unchanged."""
    page = client.get(reverse("admin:community_workflowprofile_change", args=[row.pk]))
    form = page.context["adminform"].form
    data = {}
    for bound in form:
        value = bound.value()
        if bound.name.startswith("limit_"):
            data[f"{bound.html_name}_0"], data[f"{bound.html_name}_1"] = value
        elif value is not None:
            data[bound.html_name] = value
    for formset in page.context["inline_admin_formsets"]:
        for inner in [formset.formset.management_form, *formset.formset.forms]:
            for bound in inner:
                value = bound.value()
                if value is not None and value is not False:
                    data[bound.html_name] = "on" if value is True else value
    return data


def save(client, row, **changes):
    url = reverse("admin:community_workflowprofile_change", args=[row.pk])
    return client.post(url, {**fields_of(client, row), **changes})


# The nine that are shipped.


def test_nine_brands_are_shipped():
    assert {slug: item.brand_name for slug, item in SHIPPED.items()} == {
        "diecui": "小微说事",
        "fuxi": "府西夜话",
        "xijiao": "周二说事日",
        "dali": "智慧党建服务平台",
        "jiwang": "小板凳议事会",
        "fuqian": "谋宣破聚",
        "yongji": "永心办",
        "jiangshan": "网格微循环",
        "weilai": "红色议事厅",
    }


@pytest.mark.parametrize("slug", SHIPPED)
def test_shipped_profile_is_sound_and_complete(subdistrict, slug):
    town = make_town(slug, SHIPPED[slug].community, subdistrict)

    profile = profile_of(town.community.pk)

    assert profile_check(town.community.profile) == []
    assert set(profile.labels) == set(profile.modes) == set(LOOP)
    assert set(profile.limits) == set(Limit)
    assert all(profile.modes[stage] in MODES[stage] for stage in LOOP)


@pytest.mark.parametrize("slug", SHIPPED)
def test_every_reporter_is_answered_in_every_brand(subdistrict, slug):
    town = make_town(slug, SHIPPED[slug].community, subdistrict)

    profile = profile_of(town.community.pk)

    assert set(profile.stages) >= ALWAYS_ON


@pytest.mark.parametrize("item", SHIPPED.values(), ids=SHIPPED)
def test_shipped_colour_can_be_read_on_white(item: ShippedProfile):
    assert contrast_on_white(item.accent) >= 4.5


@pytest.mark.parametrize("item", SHIPPED.values(), ids=SHIPPED)
def test_the_portals_own_ways_in_are_open_everywhere(item: ShippedProfile):
    assert {Channel.WEB_FORM, Channel.QR_CODE, Channel.PATROL} <= set(item.channels)


@pytest.mark.parametrize(
    ("slug", "labels"),
    [
        ("diecui", ["收事", "理事", "议事", "办事", "晒事", "评事"]),
        ("fuxi", ["五个渠道", "三色图谱", "夜话", "决议落实", "回音壁", "民情评价机制"]),
        ("xijiao", ["网格问事", "商议说事", "具体解事", "反馈息事", "回访宁事", "归档完事"]),
        ("dali", ["群众点单", "组织建单·审批", "组织建单·分配", "党员接单", "线下办理", "结果反馈"]),
        ("jiwang", ["坐下来提需求", "议出来", "落地", "办结", "反馈"]),
        ("fuqian", ["排查", "立即改/复杂", "明确责任人+时限", "整改", "整改完成", "复查", "销号"]),
        ("yongji", ["直播间提出", "现场研判", "当场接单", "帮办代办", "即时反馈"]),
        ("jiangshan", ["诉求收集", "派单", "接单", "办理", "解决", "反馈", "双评价"]),
        ("weilai", ["党小组汇总", "红色议事厅协商", "限期清理", "清理完成", "复查"]),
    ],
)
def test_brand_speaks_its_own_words_in_the_order_of_the_loop(subdistrict, slug, labels):
    profile = profile_of(make_town(slug, SHIPPED[slug].community, subdistrict).community.pk)

    shown = [profile.label(stage) for stage in profile.stages]

    assert [label for label in shown if label in labels] == labels


@pytest.mark.parametrize(
    ("slug", "off", "on"),
    [
        ("diecui", {Stage.FOLLOWED_UP}, {Stage.PUBLISHED, Stage.EVALUATED}),
        ("fuxi", {Stage.FOLLOWED_UP}, {Stage.TRIAGED, Stage.PUBLISHED, Stage.EVALUATED}),
        ("xijiao", {Stage.PUBLISHED, Stage.EVALUATED}, {Stage.FOLLOWED_UP, Stage.ARCHIVED}),
        (
            "dali",
            {Stage.DELIBERATING, Stage.PUBLISHED, Stage.FOLLOWED_UP},
            {Stage.TRIAGED, Stage.DISPATCHED, Stage.ACCEPTED},
        ),
        ("jiwang", {Stage.FOLLOWED_UP, Stage.EVALUATED}, set()),
        ("fuqian", {Stage.DELIBERATING, Stage.EVALUATED}, {Stage.DISPATCHED, Stage.FOLLOWED_UP}),
        (
            "yongji",
            {Stage.DELIBERATING, Stage.PUBLISHED, Stage.FOLLOWED_UP},
            {Stage.TRIAGED, Stage.ACCEPTED},
        ),
        ("jiangshan", {Stage.FOLLOWED_UP}, {Stage.DISPATCHED, Stage.ACCEPTED, Stage.EVALUATED}),
        ("weilai", {Stage.EVALUATED}, {Stage.DELIBERATING, Stage.FOLLOWED_UP}),
    ],
)
def test_brand_switches_stages_as_its_source_says(subdistrict, slug, off, on):
    profile = profile_of(make_town(slug, SHIPPED[slug].community, subdistrict).community.pk)

    assert {stage for stage in LOOP if profile.mode(stage) == Mode.OFF} == off
    assert on <= {stage for stage in LOOP if profile.mode(stage) == Mode.ON}


@pytest.mark.parametrize(
    ("slug", "gates"),
    [
        ("diecui", {Gate.ROUTE_AT_TRIAGE, Gate.MINUTES_FOR_JOINT_MEETING, Gate.TEXT_AND_PHOTO_TO_PUBLISH}),
        ("fuxi", {Gate.CRITERIA_AT_TRIAGE, Gate.SUPERVISOR_ON_DECISION, Gate.EVALUATION_BEFORE_ARCHIVE}),
        ("xijiao", {Gate.RETURN_VISIT_BEFORE_ARCHIVE}),
        ("dali", {Gate.APPROVAL_BEFORE_DISPATCH, Gate.SITE_INSPECTION}),
        ("fuqian", {Gate.DEADLINE_AND_RESPONSIBLE, Gate.RETURN_VISIT_BEFORE_ARCHIVE}),
        (
            "yongji",
            {
                Gate.EXPLAINED_BEFORE_RESOLVE,
                Gate.EXCHANGES_BEFORE_RESOLVE,
                Gate.COMPLETED_BEFORE_RESOLVE,
            },
        ),
        ("jiangshan", {Gate.EVALUATION_BEFORE_ARCHIVE}),
        ("weilai", {Gate.RETURN_VISIT_BEFORE_ARCHIVE}),
    ],
)
def test_brand_has_the_gates_of_its_source(slug, gates):
    assert gates <= set(SHIPPED[slug].gates)


def test_stool_council_is_deliberately_light():
    assert SHIPPED["jiwang"].gates == ()


def test_fuxi_keeps_five_channels():
    assert len(SHIPPED["fuxi"].channels) == 5
    assert {Channel.CHAT_GROUP, Channel.HOTLINE, Channel.QR_CODE} <= set(SHIPPED["fuxi"].channels)


def test_xijiao_counts_its_own_four_kinds_county_wide(subdistrict):
    town = make_town("xijiao", "西郊社区", subdistrict)

    kinds = list(town.community.profile.categories.values_list("label", "canonical"))

    assert [label for label, _canonical in kinds] == ["生产生活", "公共设施", "矛盾纠纷", "困难帮扶"]
    assert {canonical for _label, canonical in kinds} <= set(Category.values)


# Reading.


def test_row_that_says_nothing_takes_the_defaults(row):
    row.stage_labels, row.stage_modes, row.limits = {}, {}, {}
    row.save()

    profile = profile_of(row.pk)

    assert profile.labels[Stage.RECEIVED] == "收事"
    assert profile.modes == DEFAULT_MODES
    assert profile.limits == DEFAULT_LIMITS


def test_code_that_a_later_version_dropped_is_left_out(row):
    WorkflowProfile.objects.filter(pk=row.pk).update(
        gates=["gone", Gate.ROUTE_AT_TRIAGE], channels=["gone", "hotline"]
    )

    profile = profile_of(row.pk)

    assert profile.gates == {Gate.ROUTE_AT_TRIAGE}
    assert profile.channels == {Channel.HOTLINE}


def test_profile_is_frozen(row):
    profile = profile_of(row.pk)

    assert isinstance(profile, Profile)
    with pytest.raises(AttributeError):
        profile.brand = "x"


def test_reading_costs_one_statement(row, django_assert_num_queries):
    with django_assert_num_queries(1):
        profile_of(row.pk)


def test_same_stage_has_two_names_and_one_code(diecui, fuxi):
    labels = {profile_of(town.community.pk).label(Stage.TRIAGED) for town in (diecui, fuxi)}

    assert labels == {"理事", "三色图谱"}
    assert Stage.TRIAGED == "triaged"


# Checking.


@pytest.mark.parametrize(("gate", "needs"), NEEDS.items(), ids=[gate.value for gate in NEEDS])
def test_gate_needs_its_stage(row, gate, needs):
    stage, fitting = needs
    row.gates = [gate.value]
    for mode in MODES[stage] - fitting:
        row.stage_modes = {**row.stage_modes, stage.value: mode.value}
        assert any(str(gate.label) in problem for problem in profile_check(row)), mode
    for mode in MODES[stage] & fitting:
        row.stage_modes = {**row.stage_modes, stage.value: mode.value}
        assert profile_check(row) == [], mode


@pytest.mark.parametrize("stage", LOOP)
def test_stage_takes_only_its_own_modes(row, stage):
    row.gates = []
    for mode in Mode:
        row.stage_modes = {stage.value: mode.value}
        assert (profile_check(row) == []) is (mode in MODES[stage]), mode


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage_labels", {"received": ""}),
        ("stage_labels", {"received": "  "}),
        ("stage_labels", {"received": "收" * 13}),
        ("stage_labels", {"nonsense": "收事"}),
        ("stage_modes", {"nonsense": "on"}),
        ("stage_modes", {"fed_back": "off"}),
        ("limits", {"accept": [0, "working"]}),
        ("limits", {"accept": [-60, "working"]}),
        ("limits", {"accept": [60, "lunar"]}),
        ("limits", {"accept": [True, "working"]}),
        ("limits", {"accept": "60"}),
        ("limits", {"accept": [10**9, "wall"]}),
        ("limits", {"nonsense": [60, "working"]}),
        ("gates", ["nonsense"]),
        ("channels", []),
        ("channels", ["nonsense"]),
        ("accent", "#ffffff"),
        ("accent", "#ffcc00"),
        ("accent", "red"),
        ("accent", "#12345"),
        ("accent", "#9a3412;}"),
        ("brand_name", " "),
    ],
)
def test_nonsense_is_named_and_nothing_is_saved(row, secretary, at, field, value):
    with pytest.raises(InvalidInputError) as refusal:
        actions.profile_save(community_id=row.pk, changes={field: value}, actor=secretary, at=at)

    assert refusal.value.extra["problems"]
    version = row.version
    row.refresh_from_db()
    assert row.version == version
    assert getattr(row, field) != value


@pytest.mark.parametrize(("accent", "contrast"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54)])
def test_contrast_is_the_one_of_the_accessibility_guidelines(accent, contrast):
    assert contrast_on_white(accent) == pytest.approx(contrast, abs=0.01)


# Writing.


def test_each_change_raises_the_version(row, secretary, at):
    before = row.version

    saved = actions.profile_save(community_id=row.pk, changes={"slogan": "新口号"}, actor=secretary, at=at)

    assert saved.version == before + 1


@pytest.mark.parametrize(
    "who", ["clerk", "grid_leader", "supervisor", "outsider", "secretary_of_another_community"]
)
def test_others_may_not_change_the_brand(row, request, who, at):
    with pytest.raises(NotAllowedError):
        actions.profile_save(
            community_id=row.pk, changes={"slogan": "x"}, actor=request.getfixturevalue(who), at=at
        )

    row.refresh_from_db()
    assert row.slogan != "x"


def test_other_shipped_brand_may_be_taken_over(row, secretary, at):
    actions.profile_apply(community=row.community, shipped=SHIPPED["xijiao"], actor=secretary, at=at)

    profile = profile_of(row.pk)
    active = CategorySetting.objects.filter(profile_id=row.pk, is_active=True)
    assert profile.brand == "周二说事日"
    assert [category.label for category in active] == ["生产生活", "公共设施", "矛盾纠纷", "困难帮扶"]
    assert CategorySetting.objects.filter(profile_id=row.pk, is_active=False).exists()


# The form.


def test_form_saved_as_it_is_changes_nothing_but_the_version(client, row, secretary):
    client.force_login(secretary)
    before = profile_of(row.pk)

    response = save(client, row)

    assert response.status_code == 302
    assert profile_of(row.pk) == before


def test_form_changes_labels_modes_and_limits(client, row, secretary):
    client.force_login(secretary)

    save(
        client,
        row,
        label_received="听事",
        mode_followed_up="optional",
        limit_accept_0="0.5",
        limit_accept_1="working_days",
        limit_evaluate_0="36",
        limit_evaluate_1="wall_hours",
    )

    profile = profile_of(row.pk)
    assert profile.label(Stage.RECEIVED) == "听事"
    assert profile.mode(Stage.FOLLOWED_UP) == Mode.OPTIONAL
    assert profile.limits[Limit.ACCEPT] == Duration(210, Clock.WORKING)
    assert profile.limits[Limit.EVALUATE] == Duration(36 * 60, Clock.WALL)


def test_working_day_is_as_long_as_the_communitys(client, row, secretary, at):
    actions.community_update(
        community_id=row.pk, changes={"afternoon_to": time(17, 30)}, actor=secretary, at=at
    )
    client.force_login(secretary)

    save(client, row, limit_accept_0="1", limit_accept_1="working_days")

    assert profile_of(row.pk).limits[Limit.ACCEPT].minutes == 390


def test_form_offers_only_the_modes_a_stage_may_have(client, row, secretary):
    client.force_login(secretary)

    form = (
        client.get(reverse("admin:community_workflowprofile_change", args=[row.pk])).context["adminform"].form
    )

    for stage in LOOP:
        field = form.fields.get(f"mode_{stage.value}")
        offered = {value for value, _label in field.choices} if field else {Mode.ON.value}
        assert offered == {mode.value for mode in MODES[stage]}


def test_form_says_what_does_not_fit_and_keeps_what_was_typed(client, row, secretary):
    client.force_login(secretary)

    response = save(client, row, mode_published="off", label_received="听事")

    assert response.status_code == 200
    page = response.content.decode()
    assert "晒事须有文字和照片" in page
    assert 'value="听事"' in page
    row.refresh_from_db()
    assert row.stage_labels["received"] == "收事"


def test_form_with_a_wrong_category_saves_nothing_at_all(client, row, secretary):
    client.force_login(secretary)

    response = save(client, row, slogan="新口号", **{"categories-0-label": ""})

    assert response.status_code == 200
    row.refresh_from_db()
    assert row.slogan != "新口号"


def test_category_is_renamed_on_the_same_page(client, row, secretary):
    client.force_login(secretary)

    save(client, row, **{"categories-0-label": "邻里家事"})

    assert row.categories.filter(label="邻里家事", canonical=Category.FAMILY_NEIGHBOUR).exists()


def test_shipped_brand_is_taken_over_by_a_button(client, row, secretary):
    client.force_login(secretary)
    url = reverse("admin:community_workflowprofile_apply", args=[row.pk])

    assert client.get(url).status_code == 200
    client.post(url, {"shipped": "fuqian"})

    row.refresh_from_db()
    assert row.brand_name == "谋宣破聚"


def test_html_in_labels_is_shown_as_text(client, row, secretary, at):
    evil = "<b>x</b>"
    actions.profile_save(
        community_id=row.pk, changes={"brand_name": evil, "slogan": evil}, actor=secretary, at=at
    )

    page = client.get(reverse("community:home", args=["diecui"])).content.decode()

    assert evil not in page
    assert re.search(r"&lt;b&gt;x&lt;/b&gt;", page)
