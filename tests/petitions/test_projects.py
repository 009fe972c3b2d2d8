"""A project: planned, published, begun once its money is public, counted, moved with a reason, finished."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from community.actions import place_create
from community.models.place import PlaceKind
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import AuditEntry, InboxItem, OutboxMessage, StoredImage, User
from petitions import timetable
from petitions.actions.photos import photos_abandoned_delete
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.projects import ending, linking, money, phases, planning
from petitions.actions.projects.sweeping import projects_sweep
from petitions.models import (
    MatterKind,
    PhaseMove,
    Project,
    ProjectMatter,
    ProjectPart,
    ProjectPhase,
    ProjectPrice,
    ProjectState,
)
from petitions.selectors.projects import figures_of_projects
from petitions.timetable import PhaseStep
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions import polls
from tests.petitions.loop import file, person, photo_image
from tests.petitions.pages import stored
from tests.petitions.projects import (
    DAY,
    HOUR,
    budget,
    count,
    create,
    draft,
    finish,
    fresh,
    part,
    phase,
    price,
    published,
    running,
)
from tests.petitions.sessions import joint, planned, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(diecui, clerk) -> Project:
    return published(diecui, clerk)


def refused_by_database(name: str, change) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


class TestPlanning:
    def test_a_project_is_set_up_and_leaves_a_line(self, diecui, clerk):
        made = create(diecui, clerk, places=[diecui.estate])

        assert (made.state, made.published_at) == (ProjectState.DRAFT, None)
        assert list(made.places.all()) == [diecui.estate]
        line = AuditEntry.objects.get(event="project.created")
        assert (line.actor_id, line.post) == (clerk.pk, f"clerk@{diecui.place.pk}")

    @pytest.mark.parametrize(
        "who", ["outsider", "resident", "grid_worker", "grid_leader", "secretary_of_another_community"]
    )
    def test_without_the_power_nothing_is_set_up(self, diecui, request, who):
        with pytest.raises(NotAllowedError):
            create(diecui, request.getfixturevalue(who))

        assert not Project.objects.exists()

    @pytest.mark.parametrize("who", ["outsider", "resident", "grid_worker", "secretary_of_another_community"])
    def test_without_the_power_no_step_is_taken(self, project, request, who):
        user, pk = request.getfixturevalue(who), project.pk
        one = project.phases.get()
        steps = [
            lambda: planning.project_edit(project_id=pk, actor=user, draft=draft(), at=NOW),
            lambda: phases.phase_finish(phase_id=one.pk, actor=user, at=NOW),
            lambda: phases.phase_move(
                phase_id=one.pk, actor=user, begins_on=one.begins_on, due_on=one.due_on, reason="x", at=NOW
            ),
            lambda: budget(project, user),
            lambda: price(project, user),
            lambda: ending.project_start(project_id=pk, actor=user, at=NOW),
            lambda: ending.project_stop(project_id=pk, actor=user, reason="x", at=NOW),
        ]

        for step in steps:
            with pytest.raises(NotAllowedError):
                step()
        assert not fresh(project).budget.exists()

    def test_places_and_partners_of_another_community_are_refused(self, diecui, fuxi, clerk):
        with pytest.raises(InvalidInputError, match="本社区的小区或楼栋"):
            create(diecui, clerk, places=[fuxi.estate])

    def test_the_same_title_twice_is_said(self, diecui, clerk):
        create(diecui, clerk)

        with pytest.raises(RepeatedError, match="四部电梯更换"):
            create(diecui, clerk)

    def test_nothing_is_published_without_a_phase(self, diecui, clerk):
        made = create(diecui, clerk)

        with pytest.raises(InvalidInputError, match="至少一个阶段"):
            planning.project_publish(project_id=made.pk, actor=clerk, at=NOW)

    def test_a_phase_needs_somebody_who_runs_projects_here(self, diecui, clerk, grid_worker, outsider):
        made = create(diecui, clerk)

        for somebody in (grid_worker, outsider):
            with pytest.raises(InvalidInputError, match="责任人"):
                phase(made, clerk, responsible=somebody)

    def test_whoever_is_made_responsible_hears_of_it(self, diecui, clerk, secretary):
        phase(create(diecui, clerk), clerk, responsible=secretary)

        assert InboxItem.objects.get(user=secretary).kind == "project.phase_given"

    def test_a_phase_ends_after_it_begins(self, diecui, clerk):
        made = create(diecui, clerk)

        with pytest.raises(InvalidInputError, match="不能早于开始"):
            phase(made, clerk, days=-1)
        one = phase(made, clerk)
        refused_by_database(
            "project_phase_ends_after_beginning",
            lambda: ProjectPhase.objects.filter(pk=one.pk).update(due_on=one.begins_on - DAY),
        )

    def test_a_phase_is_dropped_only_before_anybody_has_seen_it(self, diecui, clerk, project):
        made = create(diecui, clerk, title="另一个")
        phases.phase_drop(phase_id=phase(made, clerk).pk, actor=clerk, at=NOW)
        assert not made.phases.exists()

        with pytest.raises(ConflictError, match="不能删去"):
            phases.phase_drop(phase_id=project.phases.get().pk, actor=clerk, at=NOW)


class TestMoney:
    def test_works_do_not_begin_before_the_budget_is_public(self, project, clerk):
        with pytest.raises(ConflictError, match="预算还没有公布"):
            ending.project_start(project_id=project.pk, actor=clerk, at=NOW)

        budget(project, clerk)
        ending.project_start(project_id=project.pk, actor=clerk, at=NOW)
        assert fresh(project).is_running

    def test_works_do_not_begin_before_the_price_is_public_where_one_is_needed(self, diecui, clerk):
        made = published(diecui, clerk, needs_budget=False, needs_price=True)

        with pytest.raises(ConflictError, match="收费标准还没有公布"):
            ending.project_start(project_id=made.pk, actor=clerk, at=NOW)

        price(made, clerk)
        assert ending.project_start(project_id=made.pk, actor=clerk, at=NOW).is_running

    def test_the_database_refuses_a_start_before_the_money_is_public(self, project, diecui, clerk):
        mine = Project.objects.filter(pk=project.pk)
        refused_by_database("project_budget_before_start", lambda: mine.update(started_at=NOW))
        refused_by_database(
            "project_budget_before_start",
            lambda: mine.update(started_at=NOW, budget_published_at=NOW + HOUR),
        )
        priced = published(diecui, clerk, title="车棚", needs_budget=False, needs_price=True)
        refused_by_database(
            "project_price_before_start", lambda: Project.objects.filter(pk=priced.pk).update(started_at=NOW)
        )

    def test_a_draft_does_not_begin(self, diecui, clerk):
        made = create(diecui, clerk, needs_budget=False)

        with pytest.raises(ConflictError, match="还没有公布"):
            ending.project_start(project_id=made.pk, actor=clerk, at=NOW)

    def test_conditions_are_fixed_by_the_start(self, diecui, clerk):
        made = running(diecui, clerk)

        with pytest.raises(ConflictError, match="不能再改"):
            planning.project_edit(project_id=made.pk, actor=clerk, draft=draft(needs_budget=False), at=NOW)

    def test_a_published_budget_is_adjusted_with_a_reason_and_never_rewritten(self, project, clerk):
        budget(project, clerk)

        with pytest.raises(RepeatedError):
            budget(project, clerk)
        with pytest.raises(InvalidInputError, match="调整原因"):
            money.budget_adjust(
                project_id=project.pk, actor=clerk, line=money.Money("财政", 100), reason=" ", at=NOW
            )
        money.budget_adjust(
            project_id=project.pk,
            actor=clerk,
            line=money.Money("居民自筹", -800_000),
            reason="报价低于预期",
            at=NOW,
        )

        amounts = list(project.budget.values_list("amount_fen", flat=True))
        assert amounts == [32_000_000, 4_800_000, -800_000]
        refused_by_database(
            "budget_changed_with_reason",
            lambda: project.budget.create(source="x", amount_fen=1, published_at=NOW, published_by=clerk),
        )

    def test_a_published_price_changes_only_by_a_session_that_was_held(self, diecui, project, clerk):
        price(project, clerk)
        meeting = joint(diecui, clerk)

        for session in (None, meeting):
            with pytest.raises(InvalidInputError, match="议事会"):
                price(project, clerk, service=Decimal("0.3"), session=session)
        refused_by_database(
            "price_first_once",
            lambda: ProjectPrice.objects.create(
                project=project, name="电动车充电", unit="度", base=1, published_at=NOW, published_by=clerk
            ),
        )
        held = write(meeting, clerk)
        price(project, clerk, service=Decimal("0.3"), session=held)

        now, before = project.prices.get(replaced_at=None), project.prices.exclude(replaced_at=None).get()
        assert (now.service, now.session, before.service) == (Decimal("0.3"), held, Decimal("0.2"))

    def test_a_session_of_another_community_changes_no_price(
        self, fuxi, project, clerk, secretary_of_another_community
    ):
        price(project, clerk)
        foreign = write(joint(fuxi, secretary_of_another_community), secretary_of_another_community)

        with pytest.raises(InvalidInputError, match="议事会"):
            price(project, clerk, base=Decimal(2), session=foreign)


class TestParts:
    def test_lifts_are_counted_up_to_all_of_them(self, diecui, clerk):
        made = running(diecui, clerk)
        lifts = part(made, clerk)

        assert str(count(lifts, clerk, 4)) == "电梯 4/4部"
        with pytest.raises(InvalidInputError, match="不能多于一共"):
            count(lifts, clerk, 5)
        refused_by_database(
            "project_part_no_more_than_all", lambda: ProjectPart.objects.filter(pk=lifts.pk).update(done=5)
        )

    def test_what_somebody_counted_meanwhile_is_not_overwritten_unseen(self, diecui, clerk, secretary):
        lifts = part(running(diecui, clerk), clerk)
        count(lifts, secretary, 1)

        with pytest.raises(ConflictError, match="1/4"):
            count(lifts, clerk, 1, seen=0)

    def test_nothing_is_counted_before_the_works(self, project, clerk):
        lifts = part(project, clerk)

        with pytest.raises(ConflictError, match="还没有开工"):
            count(lifts, clerk, 1)

    def test_each_lane_has_its_theme_and_no_more(self, project, clerk):
        lanes = part(project, clerk, name="巷道", unit="条", total=2, themes=["孝亲巷", "和睦巷"])

        assert lanes.themes == ["孝亲巷", "和睦巷"]
        with pytest.raises(InvalidInputError, match="主题"):
            part(project, clerk, name="小巷", unit="条", total=1, themes=["一", "二"])
        refused_by_database(
            "project_part_a_theme_each",
            lambda: ProjectPart.objects.filter(pk=lanes.pk).update(themes=["一", "二", "三"]),
        )


class TestPhases:
    def move(self, one: ProjectPhase, actor, days: int, reason: str = "", at=NOW) -> ProjectPhase:
        due_on = one.due_on + timedelta(days=days)
        return phases.phase_move(
            phase_id=one.pk, actor=actor, begins_on=one.begins_on, due_on=due_on, reason=reason, at=at
        )

    def test_a_delay_needs_a_reason_that_is_kept(self, project, clerk):
        one = project.phases.get()

        with pytest.raises(InvalidInputError, match="延期原因"):
            self.move(one, clerk, 10)
        self.move(one, clerk, 10, "连续下雨")

        move = PhaseMove.objects.get()
        assert (move.reason, move.due_after - move.due_before) == ("连续下雨", 10 * DAY)
        refused_by_database("project_delay_with_reason", lambda: PhaseMove.objects.update(reason=""))

    def test_an_earlier_end_needs_none(self, project, clerk):
        assert self.move(project.phases.get(), clerk, -3).due_on == NOW.date() + 27 * DAY

    def test_people_of_linked_matters_hear_of_a_delay(self, diecui, project, clerk):
        matter = file(diecui)
        linking.matter_link(
            project_id=project.pk, actor=clerk, petition=matter, kind=MatterKind.CAUSE, at=NOW
        )

        self.move(project.phases.get(), clerk, 10, "连续下雨")

        message = OutboxMessage.objects.get(kind="project.delayed")
        assert message.phone == "13912345678"
        assert "连续下雨" in message.body

    def test_works_are_not_done_before_they_begin(self, project, clerk):
        works = phase(project, clerk, name="安装", is_works=True)

        with pytest.raises(ConflictError, match="还没有开工"):
            phases.phase_finish(phase_id=works.pk, actor=clerk, at=NOW)

    def test_a_phase_is_finished_once(self, project, clerk, secretary):
        one = project.phases.get()
        phases.phase_finish(phase_id=one.pk, actor=clerk, at=NOW)

        with pytest.raises(RepeatedError):
            phases.phase_finish(phase_id=one.pk, actor=clerk, at=NOW)
        with pytest.raises(ConflictError, match="周干事"):
            phases.phase_finish(phase_id=one.pk, actor=secretary, at=NOW)
        with pytest.raises(ConflictError, match="不能再改"):
            self.move(one, clerk, 1, "晚了")

    def test_a_phase_is_handed_on_with_its_reminders(self, project, clerk, secretary):
        one = project.phases.get()

        phases.phase_hand_over(phase_id=one.pk, actor=clerk, responsible=secretary, at=NOW)

        projects_sweep(at=NOW + 28 * DAY)
        kinds = InboxItem.objects.filter(user=secretary).values_list("kind", flat=True)
        assert set(kinds) == {"project.phase_given", "project.phase_soon"}


class TestReminders:
    def test_the_responsible_person_is_told_before_and_on_the_day_then_the_tier_above(
        self, diecui, clerk, secretary
    ):
        published(diecui, clerk)
        due = NOW + 30 * DAY

        for at in (due - 3 * DAY, due, due + DAY):
            projects_sweep(at=at)
            projects_sweep(at=at)

        told = list(InboxItem.objects.order_by("pk").values_list("user__username", "kind"))
        assert told == [
            ("clerk", "project.phase_soon"),
            ("clerk", "project.phase_due"),
            ("clerk", "project.phase_late"),
            ("secretary", "project.phase_late"),
        ]

    def test_a_late_secretary_is_told_on_to_the_subdistrict(self, diecui, secretary, supervisor):
        published(diecui, secretary)

        projects_sweep(at=NOW + 32 * DAY)

        assert set(InboxItem.objects.values_list("user__username", flat=True)) == {"secretary", "supervisor"}

    def test_a_missed_day_is_caught_up_by_the_latest_reminder_alone(self, diecui, clerk):
        published(diecui, clerk)

        projects_sweep(at=NOW + 40 * DAY)

        assert [item.kind for item in InboxItem.objects.all()] == ["project.phase_late"]

    def test_a_moved_phase_is_reminded_of_anew(self, project, clerk):
        one = project.phases.get()
        projects_sweep(at=NOW + 30 * DAY)
        phases.phase_move(
            phase_id=one.pk,
            actor=clerk,
            begins_on=one.begins_on,
            due_on=one.due_on + 10 * DAY,
            reason="连续下雨",
            at=NOW + 30 * DAY,
        )

        projects_sweep(at=NOW + 40 * DAY)

        assert InboxItem.objects.filter(kind="project.phase_due").count() == 2

    def test_nobody_is_reminded_of_drafts_and_of_what_is_over(self, diecui, clerk):
        phase(create(diecui, clerk), clerk)
        stopped = published(diecui, clerk, title="不做了")
        ending.project_stop(project_id=stopped.pk, actor=clerk, reason="资金没有落实", at=NOW)
        done = running(diecui, clerk, title="做好了")
        finish(done, clerk)

        projects_sweep(at=NOW + 60 * DAY)

        assert not InboxItem.objects.filter(kind__startswith="project.phase_l").exists()

    def test_a_price_is_looked_at_again_after_a_year_once(self, project, clerk, secretary):
        price(project, clerk)

        projects_sweep(at=NOW + 364 * DAY)
        assert not InboxItem.objects.filter(kind="project.price_due").exists()
        projects_sweep(at=NOW + 365 * DAY)
        projects_sweep(at=NOW + 366 * DAY)

        told = InboxItem.objects.filter(kind="project.price_due").values_list("user__username", flat=True)
        assert sorted(told) == ["clerk", "secretary"]

    def test_the_latest_step_that_is_due_is_the_one_said(self, project):
        one = project.phases.get()

        assert timetable.due_phase_step(one, NOW) is None
        assert timetable.due_phase_step(one, NOW + 27 * DAY) == PhaseStep.SOON
        assert timetable.due_phase_step(one, NOW + 31 * DAY) == PhaseStep.LATE


class TestLinks:
    def test_sessions_polls_and_matters_are_linked_and_unlinked(self, diecui, project, clerk):
        meeting, poll, matter = joint(diecui, clerk), polls.put(diecui, clerk), file(diecui)
        where = {"project_id": project.pk, "actor": clerk, "at": NOW}

        linking.session_link(session=meeting, **where)
        linking.session_link(session=meeting, **where)
        linking.poll_link(poll=poll, **where)
        link = linking.matter_link(petition=matter, kind=MatterKind.CAUSE, **where)
        with pytest.raises(RepeatedError):
            linking.matter_link(petition=matter, kind=MatterKind.COMPLAINT, **where)

        assert (project.sessions.get(), project.polls.get()) == (meeting, poll)
        linking.session_unlink(session=meeting, **where)
        linking.poll_unlink(poll=poll, **where)
        linking.matter_unlink(link_id=link.pk, actor=clerk, at=NOW)
        left = [rows.exists() for rows in (project.sessions, project.polls, ProjectMatter.objects)]
        assert left == [False, False, False]

    def test_nothing_of_another_community_is_linked(
        self, fuxi, project, clerk, secretary_of_another_community
    ):
        where = {"project_id": project.pk, "actor": clerk, "at": NOW}

        for link in (
            lambda: linking.session_link(session=joint(fuxi, secretary_of_another_community), **where),
            lambda: linking.matter_link(petition=file(fuxi), kind=MatterKind.CAUSE, **where),
            lambda: linking.poll_link(poll=polls.put(fuxi, secretary_of_another_community), **where),
        ):
            with pytest.raises(InvalidInputError):
                link()

    def test_a_topic_that_follows_stands_on_the_agenda_and_leads_back(self, diecui, project, clerk):
        session = planned(diecui)
        asked = {"project_id": project.pk, "actor": clerk, "session": session, "at": NOW}

        item = linking.topic_follow(title="停车怎么划线", is_public=True, **asked)

        assert item in session.agenda.all()
        assert list(project.follow_ons.all()) == [item]
        with pytest.raises(RepeatedError):
            linking.topic_follow(title="停车怎么划线", is_public=True, **asked)


class TestEnding:
    def test_nothing_ends_while_phases_or_parts_are_open(self, diecui, clerk):
        made = running(diecui, clerk)
        part(made, clerk)

        with pytest.raises(ConflictError, match="施工、电梯"):
            ending.project_finish(project_id=made.pk, actor=clerk, result="好了", after=photo_image(), at=NOW)

    def test_the_end_needs_before_and_after(self, diecui, clerk):
        made = running(diecui, clerk)

        with pytest.raises(InvalidInputError, match="施工前的照片"):
            finish(made, clerk, before=None)
        refused_by_database(
            "project_done_with_photos",
            lambda: Project.objects.filter(pk=made.pk).update(state="done", closed_at=NOW, result="x"),
        )

    def test_people_of_linked_matters_hear_of_the_end_once_each(self, diecui, clerk):
        made = running(diecui, clerk)
        for _number in range(2):
            matter = file(diecui, who=person(phone="13900000077"))
            linking.matter_link(
                project_id=made.pk, actor=clerk, petition=matter, kind=MatterKind.CAUSE, at=NOW
            )
        other = file(diecui, who=person(phone="13900000078"))
        linking.matter_link(
            project_id=made.pk, actor=clerk, petition=other, kind=MatterKind.COMPLAINT, at=NOW
        )

        finish(made, clerk)

        told = OutboxMessage.objects.filter(kind="project.finished").values_list("phone", flat=True)
        assert sorted(told) == ["13900000077", "13900000078"]
        assert fresh(made).is_done

    def test_a_project_is_stopped_with_a_reason(self, project, clerk):
        with pytest.raises(InvalidInputError):
            ending.project_stop(project_id=project.pk, actor=clerk, reason="", at=NOW)

        ending.project_stop(project_id=project.pk, actor=clerk, reason="资金没有落实", at=NOW)

        with pytest.raises(ConflictError, match="已经结束"):
            phase(fresh(project), clerk, name="再来")
        refused_by_database("project_stopped_with_reason", lambda: Project.objects.update(stopped_reason=""))

    def test_a_photo_that_a_project_took_is_not_thrown_away(self, project, clerk):
        kept, left = stored(), stored()
        planning.project_before(project_id=project.pk, actor=clerk, photo=kept, at=NOW)

        photos_abandoned_delete(at=NOW + 9 * DAY)

        assert list(StoredImage.objects.all()) == [kept]
        planning.project_before(project_id=project.pk, actor=clerk, photo=stored(), at=NOW)
        assert StoredImage.objects.get(pk=kept.pk).discarded_at == NOW
        assert left.pk != kept.pk

    def test_one_hard_matter_covering_five_estates_is_one_matter_and_five_estates(self, diecui, clerk):
        """P-10: ten hard matters are counted as matters, the estates that they touched apart."""
        more = [
            place_create(kind=PlaceKind.ESTATE, name=f"小区{n}", parent=diecui.place, at=NOW)
            for n in range(4)
        ]
        places = [diecui.estate, *diecui.buildings, *more]
        finish(running(diecui, clerk, title="车棚", mechanisms=["joint_action"], places=places), clerk)

        figures = figures_of_projects(diecui.community)

        assert (figures.done, figures.estates, list(figures.ways)) == (1, 5, [("难事联动", 1)])

    def test_one_matter_in_two_estates_counts_once_and_two_estates(self, diecui, clerk):
        for title, ways in (("电梯", ["council", "red_property"]), ("车棚", ["joint_action"])):
            places = [diecui.estate] if title == "电梯" else [diecui.estate, diecui.buildings[0]]
            finish(running(diecui, clerk, title=title, mechanisms=ways, places=places), clerk)

        figures = figures_of_projects(diecui.community)

        assert (figures.done, figures.estates) == (2, 1)
        assert dict(figures.ways) == {"小微说事": 1, "红色物业": 1, "难事联动": 1}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_people_finish_the_same_phases_at_once_and_one_is_told_who_was_first(
        self, diecui, clerk, secretary
    ):
        made = published(diecui, clerk)
        all_of_them = [made.phases.get(), *(phase(made, clerk, name=f"阶段{n}") for n in range(4))]

        def finished(one: ProjectPhase, actor: User):
            return lambda: phases.phase_finish(phase_id=one.pk, actor=actor, at=NOW)

        done = at_once([finished(one, actor) for one in all_of_them for actor in (clerk, secretary)])

        assert sum(isinstance(result, ProjectPhase) for result in done) == 5
        assert sum(isinstance(result, ConflictError) for result in done) == 5
        assert AuditEntry.objects.filter(event="project.phase_finished").count() == 5

    def test_two_prices_at_once_leave_one_in_force(self, diecui, clerk, secretary):
        made = published(diecui, clerk)

        done = at_once(
            [
                lambda: price(made, clerk, base=Decimal(1)),
                lambda: price(made, secretary, base=Decimal(2)),
            ]
        )

        assert sum(isinstance(result, DomainError) for result in done) == 1
        assert made.prices.filter(replaced_at=None).count() == 1

    def test_two_sweeps_at_once_remind_once(self, diecui, clerk):
        published(diecui, clerk)

        at_once([lambda: projects_sweep(at=NOW + 30 * DAY)] * 2)

        assert InboxItem.objects.filter(kind="project.phase_due").count() == 1


def test_polls_of_a_project_keep_running_when_it_is_linked(diecui, project, clerk):
    poll = polls.put(diecui, clerk)
    linking.poll_link(project_id=project.pk, actor=clerk, poll=poll, at=NOW)

    polls_sweep(at=NOW + 8 * DAY)

    assert project.polls.get().is_closed
