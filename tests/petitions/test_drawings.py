"""Drawings: put up until a day, commented on by anybody, looked at, answered before the works begin (P-34)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    RepeatedError,
    TooManyRequestsError,
)
from core.models import InboxItem, OutboxMessage
from core.registries import DataSubject
from petitions.actions.photos import photos_abandoned_delete
from petitions.actions.projects import drawings, ending
from petitions.actions.projects.erasing import person_erase_from_projects, projects_anonymise
from petitions.models import CommentState, Drawing, DrawingComment, Project
from petitions.selectors.own_projects import commented
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.pages import SCRIPT, picture, statements, stored
from tests.petitions.projects import DAY, answer, budget, comment, fresh, published, put_up, running

pytestmark = pytest.mark.django_db
SECRET = ("林阿姨", "13912345678")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def project(diecui, clerk, now) -> Project:
    return published(diecui, clerk, at=now)


@pytest.fixture
def plan(project, clerk, now) -> Drawing:
    return put_up(project, clerk, at=now, photo=stored())


def address(one: Drawing) -> str:
    return f"/diecui/projects/{one.project_id}/drawings/{one.pk}/"


def send(client, one: Drawing, **fields):
    return client.post(address(one), {"text": "门口加一个雨水口", "key": uuid4(), **fields})


class TestPuttingUp:
    def test_the_same_title_again_is_the_next_version_which_takes_the_comments(self, project, clerk, now):
        first, second = (put_up(project, clerk, at=now) for _number in range(2))

        assert (first.version, second.version) == (1, 2)
        with pytest.raises(ConflictError, match="截止"):
            comment(first, at=now)
        assert comment(second, at=now).drawing == second

    def test_the_same_picture_sent_twice_is_one_version(self, project, clerk, now):
        put_up(project, clerk, at=now, photo=stored())

        with pytest.raises(RepeatedError, match="就是这张图"):
            put_up(project, clerk, at=now, photo=stored())
        assert project.drawings.count() == 1

    def test_only_before_the_works_and_only_until_a_day_to_come(self, diecui, project, clerk, now):
        with pytest.raises(InvalidInputError, match="不能早于今天"):
            put_up(project, clerk, at=now, until=now.date() - 2 * DAY)
        with pytest.raises(ConflictError, match="开工以前"):
            put_up(running(diecui, clerk, at=now, title="已开工"), clerk, at=now)

    @pytest.mark.parametrize("who", ["outsider", "grid_worker", "secretary_of_another_community"])
    def test_without_the_power_nothing_is_put_up_or_answered(self, project, plan, request, who, now):
        user, said = request.getfixturevalue(who), comment(plan, at=now)

        with pytest.raises(NotAllowedError):
            put_up(project, user, at=now)
        with pytest.raises(NotAllowedError):
            answer(said, user, at=now)

    def test_a_drawing_is_not_thrown_away(self, plan, now):
        photos_abandoned_delete(at=now + 9 * DAY)

        assert Drawing.objects.get().image_id == plan.image_id


class TestComments:
    def test_a_comment_waits_for_somebody_to_look_at_it(self, client, plan, clerk, now):
        said = comment(plan, at=now)

        assert said.state == CommentState.WAITING
        page = client.get(address(plan)).content.decode()
        for hidden in (said.text, *SECRET):
            assert hidden not in page
        assert InboxItem.objects.get(user=clerk).kind == "project.comment"

    def test_shown_are_the_edited_words_and_the_answer(self, client, plan, clerk, now):
        answer(comment(plan, at=now), clerk, at=now)

        page = client.get(address(plan)).content.decode()

        assert "建议加一个雨水口" in page
        assert "已加到第二版" in page
        for hidden in (*SECRET, clerk.display_name):
            assert hidden not in page
        told = OutboxMessage.objects.get(kind="project.comment_answered")
        assert (told.phone, "已加到第二版" in told.body) == ("13912345678", True)

    def test_what_is_not_shown_is_answered_all_the_same(self, client, plan, clerk, now):
        answer(comment(plan, at=now), clerk, at=now, is_shown=False, public_text="", answer="与图纸无关。")

        assert "与图纸无关" not in client.get(address(plan)).content.decode()
        assert OutboxMessage.objects.filter(kind="project.comment_answered").exists()

    def test_a_comment_is_answered_once(self, plan, clerk, now):
        said = answer(comment(plan, at=now), clerk, at=now)

        with pytest.raises(ConflictError, match="已经答复"):
            answer(said, clerk, at=now)

    def test_shown_first_and_answered_later(self, plan, clerk, now):
        said = answer(comment(plan, at=now), clerk, at=now, answer="")
        assert (said.is_shown, said.answered_at) == (True, None)

        assert answer(said, clerk, at=now).answer == "已加到第二版。"

    def test_after_its_day_nobody_comments(self, client, plan, now):
        with pytest.raises(ConflictError, match="截止"):
            comment(plan, at=now + 16 * DAY)

    def test_works_do_not_begin_before_each_comment_has_an_answer(self, project, plan, clerk, now):
        budget(project, clerk, at=now)
        said = answer(comment(plan, at=now), clerk, at=now, answer="")

        with pytest.raises(ConflictError, match="还有 1 条图纸意见没有答复"):
            ending.project_start(project_id=project.pk, actor=clerk, at=now)
        answer(said, clerk, at=now)
        assert ending.project_start(project_id=project.pk, actor=clerk, at=now).is_running
        with pytest.raises(ConflictError, match="截止"):
            comment(plan, at=now)

    def test_one_address_has_a_limit_of_its_own(self, plan, now):
        for _number in range(drawings.PER_ADDRESS):
            comment(plan, at=now, address="203.0.113.9")

        with pytest.raises(TooManyRequestsError):
            comment(plan, at=now, address="203.0.113.9")
        assert comment(plan, at=now, address="203.0.113.10").pk

    def test_the_database_refuses_an_answer_of_nobody_and_a_blank_public_comment(self, plan, now):
        said = DrawingComment.objects.filter(pk=comment(plan, at=now).pk)

        for name, change in (
            ("comment_answered_by_somebody", {"answer": "好"}),
            ("comment_shown_in_words", {"state": "shown"}),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                said.update(**change)


class TestPages:
    def test_a_visitor_comments_without_an_account_and_the_same_form_counts_once(self, client, plan):
        key = uuid4()

        for _tap in range(2):
            assert send(client, plan, key=key, name="林阿姨", phone="139 1234 5678").status_code == 302

        said = DrawingComment.objects.get()
        assert (said.name, said.phone, said.user) == ("林阿姨", "13912345678", None)

    def test_a_signed_in_resident_is_known(self, client, plan, resident):
        client.force_login(resident)
        send(client, plan)

        assert DrawingComment.objects.get().user == resident

    def test_a_refusal_keeps_what_was_typed(self, client, plan):
        answered = send(client, plan, phone="123")

        assert answered.status_code == 422
        assert "门口加一个雨水口" in answered.content.decode()
        assert not DrawingComment.objects.exists()

    def test_drawings_of_drafts_and_other_projects_are_not_found(self, client, diecui, plan, clerk, now):
        other = published(diecui, clerk, at=now, title="另一个")

        assert client.get(f"/diecui/projects/{other.pk}/drawings/{plan.pk}/").status_code == 404
        image = f"/project-photos/{plan.image_id}/full.jpg"
        assert client.get(image).status_code == 200
        Project.objects.filter(pk=plan.project_id).update(published_at=None, state="draft")
        assert client.get(address(plan)).status_code == 404
        assert client.get(image).status_code == 404

    def test_the_desk_puts_up_and_answers(self, client, project, clerk, now):
        client.force_login(clerk)

        def page(step: str, row: int | None = None) -> str:
            name = "step" if row is None else "row_step"
            return reverse(
                f"admin:petitions_project_{name}", args=[project.pk, step, *([row] if row else [])]
            )

        sent = {"name": "路面图", "photo": picture(), "until": (now + 14 * DAY).date()}
        assert client.post(page("drawing"), sent).status_code == 302
        said = comment(project.drawings.get(), at=now)
        desk = client.get(reverse("admin:petitions_project_change", args=[project.pk])).content.decode()
        assert said.text in desk
        assert "139****5678" in desk
        sent = {"public_text": "林阿姨 13912345678", "is_shown": "on", "answer": "好"}
        assert client.post(page("answer", said.pk), sent).status_code == 422
        sent["public_text"] = "加一个雨水口"
        assert client.post(page("answer", said.pk), sent).status_code == 302
        said.refresh_from_db()
        assert said.is_shown

    def test_typed_words_are_shown_as_words(self, client, plan, clerk, now):
        answer(comment(plan, at=now), clerk, at=now, public_text=SCRIPT, answer=SCRIPT)

        assert SCRIPT not in client.get(address(plan)).content.decode()

    def test_a_page_costs_the_same_for_three_and_thirty_comments(self, client, plan, clerk, now):
        costs = []
        for count in (3, 27):
            for _number in range(count):
                answer(comment(plan, at=now), clerk, at=now)
            with statements() as seen:
                client.get(address(plan))
            costs.append(len(seen))

        assert costs[0] == costs[1] <= 6


class TestPersonalData:
    def over(self, project, plan, clerk, now) -> DrawingComment:
        said = answer(comment(plan, at=now), clerk, at=now)
        ending.project_stop(project_id=project.pk, actor=clerk, reason="资金没有落实", at=now)
        return said

    def test_comments_are_blanked_after_the_time_and_what_was_shown_stays(self, project, plan, clerk, now):
        said = self.over(project, plan, clerk, now)

        assert projects_anonymise(now + timedelta(days=3 * 365 - 10)) == 0
        assert projects_anonymise(now + timedelta(days=3 * 366)) == 1
        assert projects_anonymise(now + timedelta(days=3 * 366)) == 0

        said.refresh_from_db()
        assert (said.text, said.name, said.phone, said.user) == ("", "", "", None)
        assert said.public_text == "建议加一个雨水口"
        assert fresh(project).anonymised_at is not None

    def test_comments_of_what_is_not_over_stay(self, plan, now):
        said = comment(plan, at=now)

        assert projects_anonymise(now + timedelta(days=9 * 365)) == 0
        said.refresh_from_db()
        assert said.name == "林阿姨"

    def test_a_person_sees_and_erases_their_own_comments_alone(self, plan, resident, now):
        mine = comment(plan, at=now, user=resident, phone="", text="我的意见")
        other = comment(plan, at=now, phone="13900000099", name="别人")
        subject = DataSubject(user_id=resident.pk, phone=resident.phone)

        assert [row["text"] for row in commented(subject)] == ["我的意见"]
        person_erase_from_projects(subject, now)

        for one in (mine, other):
            one.refresh_from_db()
        assert (mine.text, mine.name, mine.user, other.name) == ("", "", None, "别人")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_comments_of_one_form_at_once_are_one(self, diecui, clerk):
        one, key = put_up(published(diecui, clerk), clerk), uuid4()

        done = at_once([lambda: comment(one, key=key)] * 3)

        assert DrawingComment.objects.count() == 1
        assert {result.pk for result in done} == {DrawingComment.objects.get().pk}
        assert InboxItem.objects.filter(kind="project.comment").count() == 1

    def test_a_comment_while_the_works_begin_comes_before_them_or_is_refused(self, diecui, clerk):
        project = published(diecui, clerk)
        one = put_up(project, clerk)
        budget(project, clerk)

        said, started = at_once(
            [lambda: comment(one), lambda: ending.project_start(project_id=project.pk, actor=clerk, at=NOW)]
        )

        assert isinstance(said, DrawingComment) != isinstance(started, Project)
        assert isinstance(said, ConflictError) or isinstance(started, ConflictError)
