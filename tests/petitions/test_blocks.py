"""What holds a project up: another project, something else, or a household that somebody talks to (P-36)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import AuditEntry, InboxItem
from petitions.actions.projects import blocks, ending, persuading, phases
from petitions.actions.projects.erasing import projects_anonymise
from petitions.actions.projects.sweeping import projects_sweep
from petitions.models import (
    BlockKind,
    PersuasionNote,
    PersuasionResult,
    PersuasionTask,
    Project,
    ProjectBlock,
)
from petitions.selectors.blocks import task_for
from tests.parallel import at_once
from tests.petitions.blocks import SAID, WHOM, end, hold_up, note, talk
from tests.petitions.pages import SCRIPT, statements
from tests.petitions.projects import DAY, budget, finish, fresh, published, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def project(diecui, clerk, now) -> Project:
    return running(diecui, clerk, at=now)


@pytest.fixture
def block(project, clerk, now) -> ProjectBlock:
    return hold_up(project, clerk, at=now, phase=project.phases.get())


@pytest.fixture
def task(block, clerk, grid_worker, now) -> PersuasionTask:
    return talk(block, clerk, at=now, talker=grid_worker)


class TestBlocks:
    def test_a_phase_that_is_held_up_is_not_finished(self, project, block, clerk, now):
        one = project.phases.get()

        with pytest.raises(ConflictError, match="护栏还没有拆"):
            phases.phase_finish(phase_id=one.pk, actor=clerk, at=now)
        blocks.block_clear(block_id=block.pk, actor=clerk, outcome="拆了", at=now)
        assert phases.phase_finish(phase_id=one.pk, actor=clerk, at=now).is_done

    def test_a_project_that_is_held_up_does_not_begin(self, diecui, clerk, now):
        made = published(diecui, clerk, at=now)
        budget(made, clerk, at=now)
        hold_up(made, clerk, at=now, kind=BlockKind.OTHER, words="等燃气改线")

        with pytest.raises(ConflictError, match="等燃气改线"):
            ending.project_start(project_id=made.pk, actor=clerk, at=now)

    def test_what_waits_for_another_project_goes_on_when_that_is_done(self, diecui, project, clerk, now):
        waiting = published(diecui, clerk, at=now, title="路面")
        held = hold_up(waiting, clerk, at=now, kind=BlockKind.PROJECT, words="等电梯换完", by_project=project)

        finish(project, clerk, at=now)

        held.refresh_from_db()
        assert "四部电梯更换" in held.outcome

    def test_one_that_names_no_project_itself_or_one_that_is_over_is_refused(
        self, diecui, project, clerk, now
    ):
        over = finish(running(diecui, clerk, at=now, title="做好了"), clerk, at=now)

        for other in (None, project, over):
            with pytest.raises(InvalidInputError):
                hold_up(project, clerk, at=now, kind=BlockKind.PROJECT, by_project=other)
        hold_up(project, clerk, at=now)
        with pytest.raises(RepeatedError):
            hold_up(project, clerk, at=now)

    def test_the_page_says_since_when_and_how_it_stands_now(self, client, project, block, clerk, now):
        blocks.block_say(block_id=block.pk, actor=clerk, latest="已经量过，下周看样品", at=now)

        page = client.get(f"/diecui/projects/{project.pk}/").content.decode()

        assert "受阻：有一户窗户护栏还没有拆（" in page
        assert "最新进展：已经量过，下周看样品" in page
        with pytest.raises(RepeatedError):
            blocks.block_say(block_id=block.pk, actor=clerk, latest="已经量过，下周看样品", at=now)
        blocks.block_clear(block_id=block.pk, actor=clerk, outcome="拆了", at=now)
        with pytest.raises(ConflictError):
            blocks.block_say(block_id=block.pk, actor=clerk, latest="再看看", at=now)

    def test_without_the_power_nothing_is_noted_cleared_or_arranged(self, project, block, grid_worker, now):
        for step in (
            lambda: hold_up(project, grid_worker, at=now, words="x"),
            lambda: blocks.block_say(block_id=block.pk, actor=grid_worker, latest="x", at=now),
            lambda: blocks.block_clear(block_id=block.pk, actor=grid_worker, outcome="x", at=now),
            lambda: talk(block, grid_worker, at=now, talker=grid_worker),
        ):
            with pytest.raises(NotAllowedError):
                step()

    def test_strangers_read_the_words_and_the_outcome_and_nothing_else(
        self, client, block, task, clerk, grid_worker, now
    ):
        path = f"/diecui/projects/{block.project_id}/"
        assert "护栏还没有拆" in client.get(path).content.decode()
        note(task, grid_worker, at=now)
        end(task, grid_worker, at=now)

        page = client.get(path).content.decode()

        assert "换成隐形护栏，已同意拆除" in page
        for hidden in (WHOM, SAID, grid_worker.display_name):
            assert hidden not in page


class TestTalks:
    def test_an_agreement_clears_the_block_and_the_phase_goes_on(
        self, project, block, task, grid_worker, clerk, now
    ):
        end(task, grid_worker, at=now)

        block.refresh_from_db()
        assert (block.is_open, block.outcome) == (False, "换成隐形护栏，已同意拆除")
        assert InboxItem.objects.filter(user=clerk, kind="project.unblocked").exists()
        assert phases.phase_finish(phase_id=project.phases.get().pk, actor=clerk, at=now).is_done

    def test_an_agreement_without_a_public_outcome_is_refused_whole(self, task, grid_worker, now):
        with pytest.raises(InvalidInputError, match="怎么解决"), transaction.atomic():
            end(task, grid_worker, at=now, outcome="")

        task.refresh_from_db()
        assert task.is_open

    def test_a_refusal_leaves_the_block_and_somebody_else_may_try(self, block, task, clerk, grid_worker, now):
        end(task, grid_worker, at=now, result=PersuasionResult.REFUSED, outcome="")

        block.refresh_from_db()
        assert block.is_open
        again = talk(block, clerk, at=now, talker_name="老党员孙师傅", talker_agreed=True)
        assert again.talker is None

    def test_one_talks_at_a_time_and_a_resident_only_with_consent(self, block, clerk, grid_worker, now):
        with pytest.raises(InvalidInputError, match="本人同意"):
            talk(block, clerk, at=now, talker_name="老党员孙师傅")
        with pytest.raises(InvalidInputError, match="二选一"):
            talk(block, clerk, at=now)
        talk(block, clerk, at=now, talker=grid_worker)
        with pytest.raises(ConflictError, match="已经有人"):
            talk(block, clerk, at=now, talker=clerk)
        with pytest.raises(ConflictError, match="还在沟通"):
            blocks.block_clear(block_id=block.pk, actor=clerk, outcome="x", at=now)
        for name, change in (
            ("persuasion_by_somebody_who_agreed", {"talker": None}),
            ("persuasion_ended_with_result", {"ended_at": now}),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                PersuasionTask.objects.update(**change)

    def test_whoever_is_asked_hears_of_it_without_the_household(self, task, grid_worker):
        item = InboxItem.objects.get(user=grid_worker)

        assert item.kind == "project.talk_given"
        assert WHOM not in item.title + item.body

    def test_only_the_responsible_posts_know_of_it(
        self, task, clerk, grid_worker, secretary, dispatcher, worker_of_another_grid, now, request
    ):
        for user in (clerk, grid_worker, secretary):
            assert task_for(user, task.pk, at=now) == task
        others = ["outsider", "resident", "secretary_of_another_community", "administrator"]
        for user in (dispatcher, worker_of_another_grid, *(request.getfixturevalue(name) for name in others)):
            with pytest.raises(NotFoundError):
                task_for(user, task.pk, at=now)
            with pytest.raises(NotAllowedError):
                note(task, user, at=now)
            with pytest.raises(NotAllowedError):
                persuading.persuasion_notes_read(task=task, actor=user, at=now)

    def test_each_reading_of_the_notes_is_on_the_trail_for_the_person_in_charge(
        self, task, grid_worker, secretary, now
    ):
        note(task, grid_worker, at=now)

        found = persuading.persuasion_notes_read(
            task=task_for(secretary, task.pk, at=now), actor=secretary, at=now
        )

        assert [one.text for one in found] == [SAID]
        line = AuditEntry.objects.get(event="project.notes_read")
        assert (line.audience, line.actor_id) == ("charge", secretary.pk)

    def test_the_next_try_is_reminded_of_once_and_two_days_later_the_secretary_is_told(
        self, task, clerk, grid_worker, secretary, now
    ):
        InboxItem.objects.all().delete()
        for days in (2, 4):
            for _twice in range(2):
                projects_sweep(at=now + days * DAY)

        told = InboxItem.objects.filter(kind="project.talk_due").order_by("pk")
        assert list(told.values_list("user__username", flat=True)) == [
            *("worker", "clerk"),
            *("worker", "clerk", "secretary"),
        ]

    def test_talks_are_blanked_after_the_time(self, project, task, grid_worker, clerk, now):
        note(task, grid_worker, at=now)
        ending.project_stop(project_id=project.pk, actor=clerk, reason="不做了", at=now)

        assert projects_anonymise(now + timedelta(days=3 * 366)) == 1

        task.refresh_from_db()
        assert (task.whom, PersuasionNote.objects.get().text) == ("", "")


class TestNobodyTalks:
    """Works that are held up while nobody speaks of it: whoever answers for them is asked (P-36)."""

    def asked(self) -> list[str]:
        told = InboxItem.objects.filter(kind="project.block_quiet").order_by("pk")
        return list(told.values_list("user__username", flat=True))

    def sweep(self, at) -> None:
        for _twice in range(2):
            projects_sweep(at=at)

    def test_whoever_answers_for_it_is_asked_every_five_days_and_then_the_secretary_too(
        self, block, secretary, now
    ):
        self.sweep(now + 4 * DAY)
        assert self.asked() == []

        self.sweep(now + 6 * DAY)
        assert self.asked() == ["clerk"]

        self.sweep(now + 11 * DAY)
        assert sorted(self.asked()[1:]) == ["clerk", "secretary"]

    def test_a_word_about_it_and_a_talk_that_is_agreed_on_put_it_off(
        self, block, clerk, grid_worker, secretary, now
    ):
        blocks.block_say(block_id=block.pk, actor=clerk, latest="已经量过", at=now + 4 * DAY)
        self.sweep(now + 6 * DAY)
        assert self.asked() == []

        talk(block, clerk, at=now + 6 * DAY, talker=grid_worker, next_try_on=(now + 12 * DAY).date())
        self.sweep(now + 16 * DAY)
        assert self.asked() == []

        self.sweep(now + 18 * DAY)
        assert self.asked() == ["clerk"]

    def test_talks_that_failed_are_counted_from_their_end(self, block, task, grid_worker, now):
        end(task, grid_worker, at=now + 3 * DAY, result=PersuasionResult.REFUSED, outcome="")

        self.sweep(now + 7 * DAY)
        assert self.asked() == []
        self.sweep(now + 9 * DAY)
        assert self.asked() == ["clerk"]

    def test_what_is_cleared_waits_for_another_project_or_was_stopped_rests(
        self, diecui, project, block, clerk, now
    ):
        waiting = published(diecui, clerk, at=now, title="路面")
        hold_up(waiting, clerk, at=now, kind=BlockKind.PROJECT, words="等电梯换完", by_project=project)
        blocks.block_clear(block_id=block.pk, actor=clerk, outcome="拆了", at=now)
        other = published(diecui, clerk, at=now, title="楼道")
        hold_up(other, clerk, at=now, kind=BlockKind.OTHER, words="等材料")
        ending.project_stop(project_id=other.pk, actor=clerk, reason="不做了", at=now)

        self.sweep(now + 30 * DAY)

        assert self.asked() == []
        assert not ProjectBlock.objects.exclude(sweep_at=None).exists()
        with pytest.raises(IntegrityError, match="block_cleared_rests"), transaction.atomic():
            ProjectBlock.objects.update(sweep_at=now)

    @pytest.mark.django_db(transaction=True)
    def test_sweeps_at_once_ask_once(self, block, now):
        at_once([lambda: projects_sweep(at=now + 6 * DAY)] * 3)

        assert self.asked() == ["clerk"]


class TestPages:
    def path(self, task: PersuasionTask, rest: str = "") -> str:
        return f"/work/persuasion/{task.pk}/{rest}"

    def test_the_talker_notes_and_ends_on_the_phone(self, client, block, task, grid_worker, now):
        client.force_login(grid_worker)
        assert WHOM in client.get(self.path(task)).content.decode()

        sent = {"text": SAID, "next_try_on": (now + 3 * DAY).date(), "go": "1"}
        assert client.post(self.path(task, "note/"), sent).status_code == 302
        assert SAID not in client.get(self.path(task)).content.decode()
        assert SAID in client.post(self.path(task, "notes/")).content.decode()
        assert client.get(self.path(task, "notes/")).status_code == 405
        assert client.post(self.path(task, "end/"), {"result": "agreed", "go": "1"}).status_code == 422
        sent = {"result": "agreed", "outcome": "换成隐形护栏", "go": "1"}
        assert client.post(self.path(task, "end/"), sent).status_code == 302
        block.refresh_from_db()
        assert not block.is_open
        assert client.get(self.path(task)).status_code == 200

    def test_strangers_sign_in_and_others_find_nothing(
        self, client, task, resident, dispatcher, secretary_of_another_community
    ):
        for rest in ("", "note/", "end/"):
            assert client.get(self.path(task, rest)).status_code == 302
        for user in (resident, dispatcher, secretary_of_another_community):
            client.force_login(user)
            for rest in ("", "note/", "end/"):
                assert client.get(self.path(task, rest)).status_code == 404
            assert client.post(self.path(task, "notes/")).status_code == 404

    def test_the_desk_notes_arranges_and_leads_to_the_talks(self, client, project, clerk, dispatcher, now):
        client.force_login(clerk)

        def page(step: str, *row: int) -> str:
            name = "row_step" if row else "step"
            return reverse(f"admin:petitions_project_{name}", args=[project.pk, step, *row])

        sent = {"kind": "household", "words": "有一户护栏没有拆", "phase": project.phases.get().pk}
        assert client.post(page("block"), sent).status_code == 302
        held = ProjectBlock.objects.get()
        sent = {"whom": WHOM, "talker": clerk.pk, "next_try_on": (now + DAY).date()}
        assert client.post(page("persuade", held.pk), sent).status_code == 302
        change = reverse("admin:petitions_project_change", args=[project.pk])
        link = self.path(PersuasionTask.objects.get())
        assert link in client.get(change).content.decode()
        client.force_login(dispatcher)
        other = client.get(change).content.decode()
        assert link not in other
        assert WHOM not in other

    def test_typed_words_are_shown_as_words(self, client, project, clerk, now):
        held = hold_up(project, clerk, at=now, words=SCRIPT)
        task = talk(held, clerk, at=now, talker=clerk, whom=SCRIPT)
        note(task, clerk, at=now, text=SCRIPT)
        client.force_login(clerk)

        for path in (f"/diecui/projects/{project.pk}/", self.path(task)):
            assert SCRIPT not in client.get(path).content.decode()
        assert SCRIPT not in client.post(self.path(task, "notes/")).content.decode()

    def test_the_pages_cost_the_same_for_three_and_thirty(self, client, project, clerk, now):
        client.force_login(clerk)
        paths = [
            f"/diecui/projects/{project.pk}/",
            reverse("admin:petitions_project_change", args=[project.pk]),
        ]
        client.get(paths[1])  # what an account owes is asked for at the desk, once in five minutes
        costs = []
        for count in (3, 27):
            for number in range(count):
                held = hold_up(project, clerk, at=now, words=f"受阻{count}{number}")
                talk(held, clerk, at=now, talker=clerk)
            seen = []
            for path in paths:
                client.get(path)
                with statements() as used:
                    client.get(path)
                seen.append(len(used))
            costs.append(seen)

        assert costs[0] == costs[1]
        assert max(costs[0]) <= 6


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_end_the_talks_at_once_clear_the_block_once(diecui, clerk, secretary, grid_worker):
    project = running(diecui, clerk)
    task = talk(hold_up(project, clerk), clerk, talker=grid_worker)

    done = at_once([lambda actor=actor: end(task, actor) for actor in (clerk, secretary, grid_worker)])

    assert sum(isinstance(result, PersuasionTask) for result in done) == 1
    assert sum(isinstance(result, ConflictError) for result in done) == 2
    assert AuditEntry.objects.filter(event="project.persuasion_ended").count() == 1
    assert not fresh(project).blocks.get().is_open
