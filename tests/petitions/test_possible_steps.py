"""The buttons that show agree with what the actions allow, at every stage, for every role, in every brand."""

from __future__ import annotations

import inspect
import io
from datetime import timedelta

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image

from community.duties import Duty
from community.models import Organisation
from community.workflow import Mode, Stage
from core.errors import NotFoundError
from petitions.actions.locking import lock
from petitions.forms.session_desk import FORMS as SESSION_FORMS
from petitions.forms.steps import STEP_FORMS, step_form
from petitions.models import Petition
from petitions.selectors.facts import facts_of
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import Step, main_step, possible_steps
from tests.cast import NOW, make_staff, make_town
from tests.petitions.loop import file, person
from tests.petitions.mediation import team_of

BRANDS = ("diecui", "fuxi", "xijiao", "dali", "jiwang", "fuqian", "yongji", "jiangshan", "weilai")
DUTIES = (
    Duty.GRID_WORKER,
    Duty.GRID_LEADER,
    Duty.DISPATCHER,
    Duty.SECRETARY,
    Duty.SUPERVISOR,
)
FORWARD = (
    *(Step.TRIAGE, Step.INSPECT, Step.DELIBERATE, Step.APPROVE, Step.ASSIGN, Step.CLAIM, Step.START),
    *(Step.RESOLVE, Step.FEED_BACK, Step.PUBLISH, Step.RETURN_VISIT, Step.RECORD_JUDGEMENT, Step.PREVENT),
    Step.ARCHIVE,
)
SKIPPED_AFTERWARDS = {Step.INSPECT, Step.DELIBERATE, Step.ASSIGN}


def picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "JPEG")
    return SimpleUploadedFile("灯.jpg", data.getvalue(), "image/jpeg")


def filled(form: forms.Form, at) -> tuple[QueryDict, MultiValueDict]:
    """What somebody would enter who fills in every field well."""
    data, files = QueryDict(mutable=True), MultiValueDict()
    for name, field in form.fields.items():
        if name == "photos":
            files.setlist(name, [picture()])
        elif name == "chosen":
            continue
        elif name == "numbers":
            data[name] = another_than(form.petition).number
        elif field.widget.is_hidden:
            data[name] = str(form[name].value() or "")
        elif isinstance(field, forms.ModelMultipleChoiceField):
            data.setlist(name, [str(one.pk) for one in field.queryset])
        elif isinstance(field, forms.ChoiceField):
            offered = [value for value, _label in field.choices if value and not isinstance(_label, list)]
            grouped = [pair[0] for _v, label in field.choices if isinstance(label, list) for pair in label]
            data[name] = str(form[name].value() or next(iter([*grouped, *offered]), ""))
        else:
            data[name] = str(PLAIN.get(name, lambda _at: "换了声控灯")(at))
    return data, files


def another_than(petition: Petition) -> Petition:
    """A matter that may be merged with this one."""
    rows = Petition.objects.filter(community=petition.community_id, stage=Stage.TRIAGED).exclude(
        pk=petition.pk
    )
    known = rows.first()
    if known is not None:
        return known
    another = Petition.objects.filter(community=petition.community_id, merged_into=None)
    return another.exclude(pk=petition.pk).latest("pk")


PLAIN = {
    "due_at": lambda at: (at + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
    "held_on": lambda at: at.date(),
    "rectify_by": lambda at: at.date(),
    "headcount": lambda _at: 5,
    "phone": lambda _at: "13900001111",
    "confirmed": lambda _at: "on",
    "opened_on": lambda at: at.date(),
}


def take(step: Step, matter, user, at):
    blank = STEP_FORMS[step](matter=matter, actor=user, at=at)
    form = step_form(step, *filled(blank, at), matter=matter, actor=user, at=at)
    form.run()
    return form


@pytest.fixture
def staff_of(subdistrict):
    """A town of a brand, with one person in each duty over its first grid."""

    def make(slug: str):
        town = make_town(slug, f"{slug}社区", subdistrict)
        Organisation.objects.bulk_create(
            Organisation(community=town.community, kind="partner_unit", name=name)
            for name in ("供电所", "物业公司")
        )
        grid = town.grids[0].place
        places = {Duty.GRID_WORKER: grid, Duty.GRID_LEADER: grid, Duty.SUPERVISOR: subdistrict}
        staff = {
            duty: make_staff(f"{slug}.{duty}", str(duty.label), duty, places.get(duty, town.place))
            for duty in DUTIES
        }
        team_of(town, staff[Duty.GRID_WORKER], staff[Duty.SECRETARY])
        return town, staff

    return make


def every_button_works(petition: Petition, staff, at) -> None:
    for user in staff.values():
        matter = matter_of(user, number=petition.number, at=at)
        assert matter.facts == facts_of(matter.petition)
        for step, possible in possible_steps(matter, user, at).items():
            if possible.gate:
                continue
            with transaction.atomic():
                form = take(step, matter_of(user, number=petition.number, at=at), user, at)
                transaction.set_rollback(True)
            assert not form.errors, (matter.petition.stage, str(user), step, form.errors)


def advance(petition: Petition, staff, at, done: set[Step]) -> Step | None:
    """Take the first step forward that anybody may take."""
    for step in FORWARD:
        if step in done:
            continue
        for user in staff.values():
            matter = matter_of(user, number=petition.number, at=at)
            possible = possible_steps(matter, user, at).get(step)
            if possible and not possible.gate:
                assert not take(step, matter, user, at).errors
                return step
    return None


@pytest.mark.parametrize(
    ("slug", "route"),
    [*((slug, "self_help") for slug in BRANDS), ("diecui", "joint_meeting"), ("diecui", "joint_action")],
)
def test_every_button_that_shows_can_be_pressed_all_the_way_round(staff_of, slug, route, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town, staff = staff_of(slug)
    file(town, who=person(phone="13900002222"), text="井盖响", topic="road")
    petition = file(town, who=person(phone=""), topic="lift")
    at, seen, done = NOW, set(), set()

    for _turn in range(20):
        at += timedelta(minutes=10)
        petition = lock(petition.pk)
        if petition.stage == Stage.ARCHIVED:
            break
        if petition.stage == Stage.TRIAGED and petition.route != route:
            Petition.objects.filter(pk=petition.pk).update(route=route)
        if petition.stage not in seen:
            every_button_works(petition, staff, at)
        seen.add(Stage(petition.stage))
        if petition.route == "joint_action" and petition.stage == Stage.TRIAGED:
            user = staff[Duty.SECRETARY]
            take(Step.PARTIES, matter_of(user, number=petition.number, at=at), user, at)
        step = advance(petition, staff, at, done)
        assert step is not None, f"nobody can go on from {petition.stage}"
        done |= {step} & SKIPPED_AFTERWARDS

    compulsory = {stage for stage in petition.profile.stages if petition.profile.mode(stage) == Mode.ON}
    assert petition.stage == Stage.ARCHIVED
    assert compulsory <= {Stage(event.stage) for event in petition.events.all()}


def test_closed_gate_is_explained_and_its_step_is_not_the_main_one(staff_of):
    town, staff = staff_of("diecui")
    worker = staff[Duty.GRID_WORKER]
    petition = file(town)
    secretary = staff[Duty.SECRETARY]
    take(Step.TRIAGE, matter_of(secretary, number=petition.number, at=NOW), secretary, NOW)
    Petition.objects.filter(pk=petition.pk).update(route="joint_meeting")

    possible = possible_steps(matter_of(worker, number=petition.number, at=NOW), worker, NOW)

    assert "议事记录" in possible[Step.CLAIM].gate
    assert main_step(possible) is None or main_step(possible).step != Step.CLAIM


def test_closed_matter_offers_only_what_it_leads_to(loop, secretary, grid_worker):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=True)
    petition = loop.refresh()

    worker = possible_steps(matter_of(grid_worker, number=petition.number, at=NOW), grid_worker, NOW)
    desk = possible_steps(matter_of(secretary, number=petition.number, at=NOW), secretary, NOW)

    assert set(worker) == {Step.FOLLOW_ON}
    assert set(desk) == {Step.TAKE_DOWN, Step.FOLLOW_ON, Step.SERVICE}


def test_handler_is_never_offered_to_judge_or_visit_own_work(loop, grid_worker):
    loop.triage().claim().resolve().feed_back().publish()
    petition = loop.refresh()

    possible = possible_steps(
        matter_of(grid_worker, number=petition.number, at=loop.at), grid_worker, loop.at
    )

    assert not {Step.RECORD_JUDGEMENT, Step.RETURN_VISIT} & set(possible)


def test_matter_of_another_grid_is_not_found(petition, worker_of_another_grid):
    with pytest.raises(NotFoundError):
        matter_of(worker_of_another_grid, number=petition.number, at=NOW)


def test_every_step_has_a_form_that_knows_its_action():
    found = [*STEP_FORMS.values(), *SESSION_FORMS.values()]

    unfinished = [form.__name__ for form in found if inspect.isabstract(form)]

    assert unfinished == []
    assert set(STEP_FORMS) == set(Step.values)
