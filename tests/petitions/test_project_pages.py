"""Projects on the web: what strangers read, and what the desk does with buttons."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.projects import ending, linking, phases, planning
from petitions.models import MatterKind, Petition, Project, ProjectState
from petitions.selectors.project_desk import desk_context
from tests.petitions import polls
from tests.petitions.loop import file, person
from tests.petitions.pages import SCRIPT, picture, statements, stored
from tests.petitions.projects import (
    DAY,
    HOUR,
    budget,
    comment,
    create,
    finish,
    fresh,
    part,
    phase,
    price,
    published,
    put_up,
    running,
)
from tests.petitions.sessions import enter, joint, planned, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def project(diecui, clerk, now) -> Project:
    return published(diecui, clerk, at=now)


def address(project: Project) -> str:
    return f"/diecui/projects/{project.pk}/"


def text(client, path: str) -> str:
    return client.get(path).content.decode()


class TestStrangers:
    @pytest.mark.parametrize("who", [None, "outsider", "resident", "secretary_of_another_community"])
    def test_everybody_reads_what_is_published(self, client, project, request, who):
        if who:
            client.force_login(request.getfixturevalue(who))

        assert project.title in text(client, "/diecui/projects/")
        assert project.title in text(client, address(project))
        assert project.title in text(client, "/diecui/")

    def test_a_draft_is_found_nowhere(self, client, diecui, clerk, now):
        hidden = create(diecui, clerk, at=now)
        photo = stored()
        planning.project_before(project_id=hidden.pk, actor=clerk, photo=photo, at=now)

        assert client.get(address(hidden)).status_code == 404
        assert client.get(f"/project-photos/{photo.pk}/full.jpg").status_code == 404
        assert hidden.title not in text(client, "/diecui/projects/")
        assert hidden.title not in text(client, "/diecui/")

    def test_a_project_of_another_community_is_not_found(self, client, fuxi, project):
        assert client.get(f"/fuxi/projects/{project.pk}/").status_code == 404

    def test_photos_of_matters_are_not_found_by_this_address(self, client, diecui, project):
        matter = file(diecui, photos=[stored()])
        image = Petition.objects.get(pk=matter.pk).photos.get().image_id

        assert client.get(f"/project-photos/{image}/full.jpg").status_code == 404

    def test_the_page_shows_lifts_meetings_and_complaints(self, client, diecui, clerk, now):
        made = running(diecui, clerk, at=now)
        part(made, clerk, at=now)
        where = {"project_id": made.pk, "actor": clerk, "at": now}
        for number in range(3):
            meeting = joint(diecui, clerk, at=now - number * DAY - 5 * HOUR)
            enter(meeting, clerk, "branch")
            linking.session_link(session=write(meeting, clerk), **where)
        finish(made, clerk, at=now, before=stored(), after=stored())

        page = text(client, address(made))

        assert "电梯 4/4部" in page
        assert "3 次" in page
        assert "0 件" in page
        assert "四部电梯全部换好" in page
        found = fresh(made)
        for image in (found.before_id, found.after_id):
            assert str(image) in page
            assert client.get(f"/project-photos/{image}/full.jpg").status_code == 200

    def test_a_complaint_is_counted_and_not_named(self, client, diecui, project, clerk, now):
        matter = file(diecui)
        Petition.objects.filter(pk=matter.pk).update(public_title="电梯施工太吵")
        where = {"project_id": project.pk, "actor": clerk, "at": now}
        linking.matter_link(petition=matter, kind=MatterKind.COMPLAINT, **where)

        page = text(client, address(project))

        assert "1 件" in page
        assert matter.number not in page

    def test_a_delay_stands_with_its_reason(self, client, project, clerk, now):
        one = project.phases.get()
        phases.phase_move(
            phase_id=one.pk,
            actor=clerk,
            begins_on=one.begins_on,
            due_on=one.due_on + 10 * DAY,
            reason="连续下雨",
            at=now,
        )

        assert "连续下雨" in text(client, address(project))

    def test_money_stands_in_tables(self, client, project, clerk, now):
        budget(project, clerk, at=now)
        price(project, clerk, at=now, base=Decimal("0.5469"))

        page = text(client, address(project))

        for shown in ("¥320,000.00", "¥368,000.00", "¥0.5469", "¥0.7469 每度"):
            assert shown in page

    def test_the_result_of_a_poll_is_told(self, client, diecui, project, clerk, now):
        poll = polls.put(diecui, clerk, at=now - 9 * DAY)
        linking.poll_link(project_id=project.pk, actor=clerk, poll=poll, at=now)
        polls_sweep(at=now)

        assert "这次表决无效" in text(client, address(project))

    def test_both_pages_show_the_chain(self, client, diecui, project, clerk, now):
        matter = file(diecui, at=now)
        Petition.objects.filter(pk=matter.pk).update(public_title="车位怎么划")
        where = {"project_id": project.pk, "actor": clerk, "at": now}
        linking.matter_link(petition=matter, kind=MatterKind.FOLLOW_ON, **where)
        session = planned(diecui, at=now)
        linking.topic_follow(session=session, title="停车怎么划线", is_public=True, **where)

        page = text(client, address(project))

        assert "车位怎么划" in page
        assert "停车怎么划线" in page
        assert project.title in text(client, f"/diecui/matters/{matter.number}/")
        assert address(project) in text(client, f"/diecui/sessions/{session.pk}/")

    def test_a_private_matter_is_not_named(self, client, diecui, project, clerk, now):
        matter = file(diecui, is_private=True)
        where = {"project_id": project.pk, "actor": clerk, "at": now}
        linking.matter_link(petition=matter, kind=MatterKind.CAUSE, **where)

        assert matter.number not in text(client, address(project))

    def test_a_stopped_project_says_why(self, client, project, clerk, now):
        ending.project_stop(project_id=project.pk, actor=clerk, reason="资金没有落实", at=now)

        assert "资金没有落实" in text(client, address(project))
        assert project.title not in text(client, "/diecui/")

    def test_the_home_leads_to_what_was_built_when_nothing_is_going_on(self, client, diecui, clerk, now):
        made = finish(running(diecui, clerk, at=now), clerk, at=now)

        assert made.title in text(client, "/diecui/")

    def test_nobody_is_named(self, client, project, clerk):
        for path in ("/diecui/projects/", address(project)):
            assert clerk.display_name not in text(client, path)

    def test_typed_words_are_shown_as_words(self, client, diecui, clerk, now):
        made = create(diecui, clerk, at=now, title=SCRIPT, summary=SCRIPT)
        phase(made, clerk, at=now, name=SCRIPT)
        part(made, clerk, at=now, name=SCRIPT, themes=[SCRIPT])
        planning.project_publish(project_id=made.pk, actor=clerk, at=now)

        for path in ("/diecui/projects/", address(made), "/diecui/"):
            assert SCRIPT not in text(client, path)


class TestDesk:
    def page(self, project: Project, step: str = "", row: int | None = None) -> str:
        if not step:
            return reverse("admin:petitions_project_change", args=[project.pk])
        if row is None:
            return reverse("admin:petitions_project_step", args=[project.pk, step])
        return reverse("admin:petitions_project_row_step", args=[project.pk, step, row])

    def send(self, client, project: Project, step: str, row: int | None = None, **sent):
        return client.post(self.page(project, step, row), {"go": "1", **sent})

    def test_the_desk_takes_a_project_from_its_plan_to_its_end(self, client, diecui, clerk):
        client.force_login(clerk)
        today = timezone.localdate()
        made = client.post(
            reverse("admin:petitions_project_new"),
            {
                "community": diecui.place.pk,
                "title_words": "九条巷道改造",
                "summary": "路面破损，雨天积水。",
                "topic": "road",
                "mechanisms": ["council"],
                "estates": [diecui.estate.pk],
                "needs_budget": "on",
            },
        )
        project = Project.objects.get()
        assert made.url == self.page(project)

        def ok(step: str, row: int | None = None, **sent) -> None:
            answer = self.send(client, project, step, row, **sent)
            assert answer.status_code == 302, answer.content.decode()

        ok(
            "phase",
            name="铺路",
            begins_on=today,
            due_on=today + 30 * DAY,
            responsible=clerk.pk,
            is_works="on",
        )
        ok("part", name="巷道", unit="条", total="9", themes="孝亲巷\n和睦巷")
        ok("publish")
        ok("budget", lines="财政奖补 320000\n居民自筹：4,800.50 元")
        ok("start")
        ok("count", project.parts.get().pk, seen="0", done_now="9", total="9", themes="孝亲巷")
        ok("finish-phase", project.phases.get().pk)
        ok("finish", result="九条巷道都铺好了。", before=picture(), after=picture("b.jpg"))
        assert client.get(self.page(project)).status_code == 200
        project = fresh(project)
        assert (project.state, project.before is None) == (ProjectState.DONE, False)
        assert list(project.budget.values_list("source", "amount_fen")) == [
            ("财政奖补", 32_000_000),
            ("居民自筹", 480_050),
        ]

    def test_a_refusal_keeps_what_was_typed_and_says_why(self, client, project, clerk):
        client.force_login(clerk)

        answer = self.send(client, project, "budget", lines="只有来源")
        assert answer.status_code == 422
        assert "这一行看不懂" in answer.content.decode()
        answer = self.send(client, project, "start")
        assert answer.status_code == 409
        assert "预算还没有公布" in answer.content.decode()
        one = project.phases.get()
        later = {"begins_on": one.begins_on, "due_on": one.due_on + DAY}
        answer = self.send(client, project, "move-phase", one.pk, **later)
        assert answer.status_code == 422
        assert "请填写延期原因" in answer.content.decode()

    def test_what_is_no_photo_is_refused(self, client, project, clerk):
        client.force_login(clerk)
        fake = picture()
        fake.file.write(b"<svg/>")

        answer = self.send(client, project, "before", photo=fake)

        assert answer.status_code in {302, 422}
        assert self.send(client, project, "before").status_code == 422

    def test_likely_personal_data_in_a_public_reason_asks_for_a_tick(self, client, project, clerk):
        client.force_login(clerk)
        one = project.phases.get()
        later = {"begins_on": one.begins_on, "due_on": one.due_on + DAY, "reason": "请找 13912345678"}

        assert self.send(client, project, "move-phase", one.pk, **later).status_code == 422
        assert self.send(client, project, "move-phase", one.pk, confirmed="on", **later).status_code == 302

    def test_people_without_the_power_open_nothing(
        self, client, project, resident, grid_worker, supervisor, secretary_of_another_community
    ):
        one = project.phases.get()
        for user in (None, resident, grid_worker, supervisor, secretary_of_another_community):
            client.logout()
            if user:
                client.force_login(user)
            for path in (
                self.page(project),
                self.page(project, "start"),
                self.page(project, "finish-phase", one.pk),
            ):
                assert client.get(path).status_code in {302, 403, 404}
                assert client.post(path, {"go": "1"}).status_code in {302, 403, 404}
        assert not fresh(project).phases.exclude(done_at=None).exists()

    def test_a_row_of_another_project_is_not_found(self, client, diecui, project, clerk):
        client.force_login(clerk)
        other = published(diecui, clerk, title="另一个")

        assert client.get(self.page(project, "finish-phase", other.phases.get().pk)).status_code == 404
        assert client.get(self.page(project, "nonsense")).status_code == 404

    def test_nothing_is_changed_but_by_buttons(self, client, project, clerk):
        client.force_login(clerk)

        assert client.post(self.page(project), {"title": "x"}).status_code == 403

    def test_every_step_that_is_offered_opens(self, client, diecui, project, clerk, now):
        client.force_login(clerk)
        part(project, clerk, at=now)
        linking.matter_link(
            project_id=project.pk, actor=clerk, petition=file(diecui), kind=MatterKind.CAUSE, at=now
        )

        context = desk_context(fresh(project), clerk, now)
        own = [
            button
            for name in ("parts", "sessions", "polls", "matters")
            for _row, buttons in context[name]
            for button in buttons
        ]
        own += [button for _row, _late, buttons in context["phases"] for button in buttons]

        for button in [*context["buttons"], *own]:
            assert client.get(button.url).status_code == 200, button.url


class TestCost:
    def fill(self, diecui, clerk, now, count: int) -> Project:
        made = create(diecui, clerk, at=now, title=f"工程{Project.objects.count()}")
        for number in range(count):
            phase(made, clerk, at=now, name=f"阶段{number}")
            part(made, clerk, at=now, name=f"部分{number}")
        planning.project_publish(project_id=made.pk, actor=clerk, at=now)
        budget(made, clerk, at=now)
        where = {"project_id": made.pk, "actor": clerk, "at": now}
        for number in range(count):
            price(made, clerk, at=now, name=f"收费{number}")
            matter = file(diecui, who=person(phone=f"139{count:04}{number:04}"))
            Petition.objects.filter(pk=matter.pk).update(public_title="车位怎么划")
            linking.matter_link(petition=matter, kind=MatterKind.CAUSE, **where)
            linking.poll_link(poll=polls.put(diecui, clerk, at=now - 9 * DAY), **where)
            session = joint(diecui, clerk, at=now + (100 * count + number) * DAY)
            linking.session_link(session=session, **where)
            linking.topic_follow(session=session, title=f"再议{number}", is_public=True, **where)
            comment(put_up(made, clerk, at=now, title=f"图{number}"), at=now)
        polls_sweep(at=now)
        return made

    def cost(self, client, path: str) -> int:
        client.get(path)
        with statements() as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    def test_a_page_costs_the_same_for_three_and_thirty_of_everything(self, client, diecui, clerk, now):
        few, many = (self.fill(diecui, clerk, now, count) for count in (3, 30))

        assert self.cost(client, address(few)) == self.cost(client, address(many)) <= 6

        client.force_login(clerk)
        paths = [reverse("admin:petitions_project_change", args=[one.pk]) for one in (few, many)]
        assert self.cost(client, paths[0]) == self.cost(client, paths[1]) <= 6

    def test_the_lists_cost_the_same_for_three_and_thirty(self, client, diecui, clerk, now):
        costs = []
        for count in (3, 27):
            for number in range(count):
                places = [diecui.estate, diecui.buildings[0]]
                published(diecui, clerk, at=now, title=f"做{count}{number}", places=places)
                finish(running(diecui, clerk, at=now, title=f"完{count}{number}", places=places), clerk)
            costs.append(self.cost(client, "/diecui/projects/"))

        assert costs[0] == costs[1] <= 9

        client.force_login(clerk)
        assert self.cost(client, reverse("admin:petitions_project_changelist")) <= 6

    def test_the_list_is_found_by_an_index(self, diecui):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            cursor.execute(
                "EXPLAIN SELECT id FROM petitions_project WHERE community_id = 1 AND state IN"
                " ('done') ORDER BY state_at DESC, id DESC LIMIT 21"
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())

        assert "project_by_state" in plan
