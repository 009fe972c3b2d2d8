"""并案: many reports run as one, everybody behind them is heard, and each comes out again as it was."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.workflow import Stage
from core.errors import ConflictError, IllegalMoveError, NotAllowedError, RepeatedError
from core.models import AuditEntry, OutboxMessage
from petitions.actions import erasing, handling, hiding, joining, reporting, rerouting, settling
from petitions.actions.figures import figures_refresh
from petitions.actions.merging import petition_unmerge, petitions_merge
from petitions.actions.sweeping import petitions_sweep
from petitions.models import CommunityFigures, Evaluation, Petition, PetitionMerger, PetitionReporter
from petitions.selectors import links
from petitions.selectors.ticket import ticket_of
from petitions.workflow import scale_for
from tests.cast import NOW, make_town
from tests.parallel import at_once, overlapping
from tests.petitions.loop import HOUR, Loop, file, person, photo_image
from tests.petitions.pages import statements

LATER = NOW + HOUR


def phone(n: int) -> str:
    return f"1370000{n:04d}"


@pytest.fixture
def reports(diecui) -> list[Petition]:
    """The same clutter, reported by five people."""
    return [
        file(
            diecui,
            who=person(phone=phone(n), name=f"邻居{n}"),
            text="一单元楼道堆满纸箱,走不过去。",
            topic="clutter",
        )
        for n in range(1, 6)
    ]


def merge(sources, target, actor, at=LATER):
    return petitions_merge(petition_ids=[one.pk for one in sources], into_id=target.pk, actor=actor, at=at)


def unmerge(petition, actor, at=LATER + HOUR):
    return petition_unmerge(petition_id=petition.pk, actor=actor, reason="不是同一处", at=at)


def assert_whole() -> None:
    """Whatever is merged runs in something that is not, which counts everybody behind it."""
    for one in Petition.objects.filter(stage=Stage.MERGED).select_related("merged_into"):
        assert one.merged_into.stage != Stage.MERGED
    for one in Petition.objects.exclude(stage=Stage.MERGED):
        assert one.merged_into_id is None
        assert one.reporters_count == 1 + Petition.objects.filter(merged_into=one).count()


def fresh(petition) -> Petition:
    return Petition.objects.select_related("community__profile").get(pk=petition.pk)


def told(kind, number):
    return OutboxMessage.objects.filter(kind=f"petition.{kind}", phone=phone(number)).count()


class TestMerging:
    def test_five_reports_become_one_matter_with_five_people_who_are_told(self, reports, secretary):
        first, *others = reports

        merge(others, first, secretary)

        assert fresh(first).reporters_count == 5
        assert {fresh(one).stage for one in others} == {Stage.MERGED}
        assert [told("merged", n) for n in range(1, 6)] == [0, 1, 1, 1, 1]

    def test_every_reporter_hears_of_each_stage_is_answered_and_judges(self, reports, secretary, grid_worker):
        first, *others = reports
        merge(others, first, secretary)
        loop = Loop(first, desk=secretary, worker=grid_worker, at=LATER).triage().claim()

        loop.resolve().feed_back().publish()

        assert all(told("stage_triaged", n) for n in range(1, 6))
        assert all(told("judge", n) for n in range(1, 6))
        assert Evaluation.objects.filter(petition=first).count() == 5

    def test_judgement_of_a_merged_reporter_counts(self, reports, secretary, grid_worker):
        first, other = reports[:2]
        merge([other], first, secretary)
        loop = Loop(first, desk=secretary, worker=grid_worker, at=LATER).triage().claim()
        loop.resolve().feed_back().publish().judge().judge()

        petition = loop.refresh()
        assert (petition.satisfied_count, petition.stage) == (2, Stage.ARCHIVED)

    def test_person_who_reported_twice_is_counted_told_and_asked_once(
        self, diecui, reports, secretary, grid_worker
    ):
        again = file(diecui, who=person(phone=phone(1)))
        merge([again], reports[0], secretary)
        loop = Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage().claim()

        loop.resolve().feed_back().publish()

        assert loop.refresh().reporters_count == 1
        assert Evaluation.objects.filter(petition=reports[0]).count() == 1
        assert told("stage_triaged", 1) == 1

    def test_opinions_are_counted_and_the_matter_once(self, reports, diecui, secretary):
        merge(reports[1:], reports[0], secretary)

        figures_refresh(at=LATER, community_ids=[diecui.community.pk])

        figures = CommunityFigures.objects.get(community=diecui.community)
        assert (figures.received, figures.opinions) == (1, 5)

    def test_count_proposes_the_scale(self, client, reports, secretary):
        merge(reports[1:], reports[0], secretary)
        client.force_login(secretary)

        page = client.get(reverse("petitions:work_step", args=[reports[0].number, "triage"]))

        assert page.context["form"].fields["scale"].initial == 2
        assert "已有 5 人反映，建议 2" in page.content.decode()

    @pytest.mark.parametrize(("people", "scale"), [(1, 1), (2, 1), (3, 2), (9, 2), (10, 3), (400, 3)])
    def test_scale_grows_with_the_people(self, people, scale):
        assert scale_for(people) == scale

    def test_open_question_lapses_and_a_pause_ends(self, reports, secretary, grid_worker):
        loop = Loop(reports[1], desk=secretary, worker=grid_worker).triage().claim()
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几楼?", at=loop._next())

        merge([reports[1]], reports[0], secretary, at=loop._next())

        petition = loop.refresh()
        assert not petition.is_paused
        assert not petition.questions.filter(lapsed_at=None).exists()
        petitions_sweep(at=NOW + timedelta(days=40))
        assert loop.refresh().stage == Stage.MERGED

    def test_trail_names_each_of_them(self, reports, secretary):
        merge(reports[1:3], reports[0], secretary)

        merged = AuditEntry.objects.filter(event="petition.merged").values_list("subject_id", flat=True)
        assert set(merged) == {str(one.pk) for one in reports[1:3]}
        assert AuditEntry.objects.filter(event="petition.merged_in").count() == 1

    def test_statements_do_not_depend_on_the_number(self, diecui, secretary):
        def used(number: int) -> int:
            target, *sources = [
                file(diecui, who=person(phone=f"138{uuid4().int % 10**8:08d}")) for _ in range(number + 1)
            ]
            with statements() as sent:
                merge(sources, target, secretary)
            return len(sent)

        used(1)
        assert used(3) == used(12) <= 20


class TestRefusals:
    def test_another_community_is_refused(self, reports, subdistrict, supervisor):
        other = file(make_town("fuqian", "府前社区", subdistrict), who=person(phone=phone(9)))

        with pytest.raises(ConflictError):
            merge([reports[1], other], reports[0], supervisor)

        assert not Petition.objects.filter(stage=Stage.MERGED).exists()

    def test_somebody_without_the_power_over_one_of_them_is_refused(self, diecui, reports, grid_leader):
        elsewhere = file(diecui, place=diecui.buildings[-1], who=person(phone=phone(9)))

        with pytest.raises(NotAllowedError):
            merge([elsewhere], reports[0], grid_leader)

        assert fresh(elsewhere).stage == Stage.RECEIVED

    def test_answered_matter_takes_nothing_in(self, reports, secretary, grid_worker):
        Loop(reports[0], desk=secretary, worker=grid_worker).triage().claim().resolve().feed_back()

        with pytest.raises(ConflictError):
            merge([reports[1]], reports[0], secretary)

    def test_resolved_matter_goes_into_no_other(self, reports, secretary, grid_worker):
        Loop(reports[1], desk=secretary, worker=grid_worker).triage().claim().resolve()

        with pytest.raises(IllegalMoveError):
            merge([reports[1]], reports[0], secretary)

    def test_second_press_says_so(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)

        with pytest.raises(RepeatedError):
            merge([reports[1]], reports[0], secretary)

        assert PetitionMerger.objects.count() == 1

    def test_cycle_is_refused(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)

        with pytest.raises(ConflictError):
            merge([reports[0]], reports[1], secretary)

        assert fresh(reports[0]).stage == Stage.RECEIVED

    def test_spam_is_merged_nowhere(self, reports, secretary):
        hiding.spam_mark(petition_id=reports[1].pk, actor=secretary, reason="刷屏", at=NOW)

        with pytest.raises(ConflictError):
            merge([reports[1]], reports[0], secretary)

    def test_matter_with_others_in_it_does_not_leave_the_community(
        self, reports, subdistrict, secretary, supervisor
    ):
        town = make_town("fuqian", "府前社区", subdistrict)
        merge([reports[1]], reports[0], secretary)

        with pytest.raises(ConflictError):
            rerouting.petition_reroute(
                petition_id=reports[0].pk,
                actor=supervisor,
                community=town.community,
                place=town.buildings[0],
                reason="属于府前",
                at=LATER,
            )

    def test_database_refuses_a_merged_matter_without_a_target(self, reports):
        with pytest.raises(IntegrityError), transaction.atomic():
            Petition.objects.filter(pk=reports[0].pk).update(stage=Stage.MERGED)

    def test_database_refuses_a_matter_in_itself(self, reports):
        with pytest.raises(IntegrityError), transaction.atomic():
            Petition.objects.filter(pk=reports[0].pk).update(stage=Stage.MERGED, merged_into=reports[0])


class TestChains:
    def test_what_was_merged_before_comes_along(self, reports, secretary):
        a, b, c = reports[:3]
        merge([a], b, secretary)

        merge([b], c, secretary)

        assert {fresh(one).merged_into_id for one in (a, b)} == {c.pk}
        assert fresh(c).reporters_count == 3

    def test_merging_into_a_merged_one_goes_where_that_went(self, reports, secretary):
        a, b, c = reports[:3]
        merge([b], c, secretary)

        merge([a], b, secretary)

        assert fresh(a).merged_into_id == c.pk
        assert fresh(c).reporters_count == 3

    def test_taking_the_middle_one_out_takes_along_what_was_in_it(self, reports, secretary):
        a, b, c = reports[:3]
        merge([a], b, secretary)
        merge([b], c, secretary)

        unmerge(b, secretary)

        assert (fresh(b).stage, fresh(b).reporters_count) == (Stage.RECEIVED, 2)
        assert fresh(a).merged_into_id == b.pk
        assert fresh(c).reporters_count == 1

    def test_the_innermost_one_comes_out_alone(self, reports, secretary):
        a, b, c = reports[:3]
        merge([a], b, secretary)
        merge([b], c, secretary)

        unmerge(a, secretary)

        assert fresh(a).stage == Stage.RECEIVED
        assert (fresh(b).merged_into_id, fresh(c).reporters_count) == (c.pk, 2)


class TestTakingOut:
    def test_it_goes_on_where_it_was_with_its_own_people(self, reports, secretary, grid_worker):
        loop = Loop(reports[1], desk=secretary, worker=grid_worker).triage().claim()
        before = loop.refresh()
        merge([reports[1]], reports[0], secretary, at=loop.at)

        unmerge(reports[1], secretary, at=loop.at)

        after = loop.refresh()
        same = (
            "stage",
            "due_at",
            "clock",
            "tier",
            "assignee_id",
            "claimed_at",
            "reporters_count",
            "closed_at",
        )
        assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
        assert fresh(reports[0]).reporters_count == 1
        assert told("unmerged", 2) == 1

    def test_clock_goes_on_with_what_was_left(self, reports, secretary):
        due = fresh(reports[1]).due_at
        merge([reports[1]], reports[0], secretary, at=NOW)

        unmerge(reports[1], secretary, at=NOW + timedelta(days=3))

        assert fresh(reports[1]).due_at > due
        assert fresh(reports[1]).clock_minutes - fresh(reports[1]).clock_used == 420

    def test_reminders_that_were_sent_are_not_sent_again(self, reports, secretary):
        petitions_sweep(at=NOW + timedelta(days=1))
        sent = OutboxMessage.objects.filter(kind="petition.due").count()
        merge([reports[1]], reports[0], secretary, at=NOW + timedelta(days=1))
        unmerge(reports[1], secretary, at=NOW + timedelta(days=1, minutes=1))

        petitions_sweep(at=NOW + timedelta(days=1, minutes=2))

        assert OutboxMessage.objects.filter(kind="petition.due").count() == sent

    def test_what_its_people_added_meanwhile_is_theirs_again(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        reporter = links.reporter_of(links.ticket_token(reports[1].reporters.get()))
        image = photo_image()
        reporting.petition_add(reporter=reporter, text="现在更多了", photos=[image], at=LATER)

        unmerge(reports[1], secretary)

        assert reports[1].events.filter(event="added", note="现在更多了").exists()
        assert reports[1].photos.filter(image=image).exists()
        assert not reports[0].photos.exists()

    def test_answered_with_the_others_it_stays(self, reports, secretary, grid_worker):
        merge([reports[1]], reports[0], secretary)
        Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage().claim().resolve().feed_back()

        with pytest.raises(ConflictError):
            unmerge(reports[1], secretary)

    def test_it_may_be_merged_again(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        unmerge(reports[1], secretary)

        merge([reports[1]], reports[2], secretary, at=LATER + 2 * HOUR)

        assert fresh(reports[1]).merged_into_id == reports[2].pk
        assert PetitionMerger.objects.filter(petition=reports[1]).count() == 2

    def test_history_is_in_the_order_of_time(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        unmerge(reports[1], secretary)

        lines = list(reports[1].events.values_list("event", "at"))
        assert [event for event, _at in lines] == ["filed", "merged", "unmerged"]
        assert [at for _event, at in lines] == sorted(at for _event, at in lines)


class TestPages:
    def ticket(self, client, petition):
        reporter = PetitionReporter.objects.get(petition=petition, is_first=True)
        return client.get(links.ticket_path(reporter))

    def test_old_link_shows_where_it_runs_and_how_far(self, client, reports, secretary):
        merge([reports[1]], reports[0], secretary)

        page = self.ticket(client, reports[1]).content.decode()

        assert f"您反映的 {reports[1].number} 已并入 {reports[0].number} 一起办理" in page
        assert reports[1].text in page

    def test_old_number_and_the_new_one_open_it_with_the_old_code(self, client, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        code = links.tracking_code(reports[1].reporters.get())

        for number in (reports[0].number, reports[1].number):
            assert client.post("/track/", {"number": number, "code": code}).status_code == 302

    def test_merged_reporter_reads_no_word_of_the_others(self, client, diecui, reports, secretary):
        target = file(diecui, text="四楼西户老赵家的箱子堆到我门口", who=person(phone=phone(8)))
        merge([reports[1]], target, secretary)

        page = self.ticket(client, reports[1]).content.decode()

        assert "老赵" not in page

    def test_merged_reporter_judges_by_the_link_of_their_own(self, client, reports, secretary, grid_worker):
        merge([reports[1]], reports[0], secretary)
        loop = Loop(reports[0], desk=secretary, worker=grid_worker, at=timezone.now()).triage().claim()
        loop.resolve().feed_back().publish()

        page = self.ticket(client, reports[1])

        assert page.context["judge_path"]
        assert client.post(page.context["judge_path"], {"satisfied": "yes"}).status_code == 302
        assert loop.refresh().satisfied_count == 1

    def test_merged_reporter_adds_words_to_the_matter_that_runs(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        reporter = links.reporter_of(links.ticket_token(reports[1].reporters.get()))

        reporting.petition_add(reporter=reporter, text="还有自行车", photos=[], at=LATER)

        assert reports[0].events.filter(event="added").count() == 1
        assert not ticket_of(reporter, LATER).can_withdraw

    def test_phone_behind_a_merged_report_joins_no_second_time(self, reports, secretary):
        merge([reports[1]], reports[0], secretary)

        joining.petition_join(
            petition_id=reports[0].pk,
            person=person(phone=phone(2), name="邻居2"),
            words="",
            key=uuid4(),
            at=LATER,
        )

        assert fresh(reports[0]).reporters_count == 2

    def test_public_page_of_a_merged_matter_leads_on(self, client, reports, secretary):
        merge([reports[1]], reports[0], secretary)

        response = client.get(f"/diecui/matters/{reports[1].number}/")

        assert response["Location"] == f"/diecui/matters/{reports[0].number}/"

    def test_desk_shows_the_words_of_all_and_offers_to_take_one_out(self, client, reports, secretary):
        merge(reports[1:], reports[0], secretary)
        client.force_login(secretary)

        main = client.get(reverse("admin:petitions_petition_change", args=[reports[0].pk])).content.decode()
        other = client.get(reverse("admin:petitions_petition_change", args=[reports[1].pk])).content.decode()

        assert all(one.number in main for one in reports)
        assert f"已并入 {reports[0].number}" in other
        assert "拆出单办" in other

    def test_similar_ones_are_offered_and_merged_from_the_page(self, client, reports, secretary):
        client.force_login(secretary)
        address = reverse("admin:petitions_petition_step", args=[reports[0].pk, "merge-in"])

        page = client.get(address)
        offered = [value for value, _label in page.context["form"].fields["chosen"].choices]
        client.post(address, {"chosen": offered, "numbers": ""})

        assert set(offered) == {str(one.pk) for one in reports[1:]}
        assert fresh(reports[0]).reporters_count == 5

    def test_one_is_merged_into_another_by_its_number(self, client, reports, secretary):
        client.force_login(secretary)
        address = reverse("admin:petitions_petition_step", args=[reports[1].pk, "merge"])

        client.post(address, {"chosen": "", "numbers": f"编号 {reports[0].number}"})

        assert fresh(reports[1]).merged_into_id == reports[0].pk

    def test_number_out_of_sight_is_not_found(self, client, reports, subdistrict, secretary):
        other = file(make_town("fuqian", "府前社区", subdistrict), who=person(phone=phone(9)))
        client.force_login(secretary)
        address = reverse("admin:petitions_petition_step", args=[reports[1].pk, "merge"])

        page = client.post(address, {"chosen": "", "numbers": other.number})

        assert page.status_code == 422
        assert "没有找到" in page.content.decode()

    def test_ticked_ones_are_merged_from_the_list(self, client, reports, secretary):
        client.force_login(secretary)
        ticked = {"action": "merge_chosen", "_selected_action": [one.pk for one in reports]}
        page = client.post(reverse("admin:petitions_petition_changelist"), ticked)

        chosen = {"chosen": [one.pk for one in reports], "into": page.context["form"].fields["into"].initial}
        response = client.post(reverse("admin:petitions_petition_merge"), chosen)

        assert response.status_code == 302
        assert fresh(reports[0]).reporters_count == 5

    def test_list_action_is_not_for_those_who_do_not_sort(self, client, reports, grid_worker):
        client.force_login(grid_worker)

        page = client.post(
            reverse("admin:petitions_petition_merge"),
            {"chosen": [one.pk for one in reports], "into": reports[0].pk},
        )

        assert page.status_code in {403, 409, 422}
        assert not Petition.objects.filter(stage=Stage.MERGED).exists()

    def test_page_of_the_matter_costs_the_same_with_any_number_merged(self, client, reports, secretary):
        client.force_login(secretary)
        address = reverse("admin:petitions_petition_change", args=[reports[0].pk])
        client.get(address)
        with statements() as alone:
            client.get(address)
        merge(reports[1:], reports[0], secretary)

        with statements() as merged:
            client.get(address)

        assert len(merged) == len(alone)

    def test_api_says_where_it_runs(self, client, reports, secretary):
        merge([reports[1]], reports[0], secretary)
        client.force_login(secretary)

        answer = client.get(f"/api/v1/petitions/{reports[1].number}/").json()

        assert (answer["stage"], answer["merged_into"]) == ("merged", reports[0].number)


class TestPrivate:
    @pytest.fixture
    def private(self, diecui):
        return file(diecui, text="楼下老赵半夜剁肉", is_private=True, who=person(phone=phone(7)))

    def test_private_one_in_a_public_one_changes_no_public_page(self, client, reports, private, secretary):
        address = f"/diecui/matters/{reports[0].number}/"
        ticket = links.ticket_path(reports[0].reporters.get())
        before = _shown(client, address), _shown(client, ticket)

        merge([private], reports[0], secretary)

        assert (_shown(client, address), _shown(client, ticket)) == before
        assert client.get(f"/diecui/matters/{private.number}/").status_code == 404
        assert fresh(reports[0]).reporters_count == 2

    def test_private_reporter_is_informed_all_the_same(self, reports, private, secretary, grid_worker):
        merge([private], reports[0], secretary)
        Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage()

        assert (told("merged", 7), told("stage_triaged", 7)) == (1, 1)

    def test_public_one_goes_into_no_private_one(self, reports, private, secretary):
        with pytest.raises(ConflictError):
            merge([reports[0]], private, secretary)

    def test_two_private_ones_learn_nothing_of_each_other(self, client, diecui, private, secretary):
        other = file(diecui, text="半夜有人剁肉", is_private=True, who=person(phone=phone(6)))

        Loop(private, desk=secretary, worker=secretary).triage()
        merge([other], private, secretary)

        page = client.get(links.ticket_path(other.reporters.get())).content.decode()

        assert private.number not in page
        assert "老赵" not in page

    def test_only_known_reporter_takes_the_public_one_back_and_the_private_one_goes_on(
        self, reports, private, secretary
    ):
        merge([private], reports[0], secretary)

        reporting.petition_withdraw(reporter=reports[0].reporters.get(), reason="", at=LATER)

        assert (fresh(reports[0]).stage, fresh(private).stage) == (Stage.WITHDRAWN, Stage.RECEIVED)
        assert told("unmerged", 7) == 1

    def test_private_reporter_does_not_take_back_the_public_one(self, reports, private, secretary):
        merge([private], reports[0], secretary)
        reporter = links.reporter_of(links.ticket_token(private.reporters.get()))

        with pytest.raises(ConflictError):
            reporting.petition_withdraw(reporter=reporter, reason="", at=LATER)

    def test_taken_out_it_is_private_again(self, private, reports, secretary):
        merge([private], reports[0], secretary)

        unmerge(private, secretary)

        assert fresh(private).is_private
        assert (fresh(reports[0]).reporters_count, fresh(reports[0]).private_reporters) == (1, 0)


def _shown(client, path):
    """A page without the token that differs with every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", client.get(path).content.decode())


class TestErasure:
    def test_person_of_a_merged_matter_is_erased_only_when_the_other_is_closed(
        self, reports, secretary, grid_worker
    ):
        merge([reports[1]], reports[0], secretary)
        reporter = links.reporter_of(links.ticket_token(reports[1].reporters.get()))

        with pytest.raises(ConflictError):
            erasing.reporter_erase(reporter=reporter, at=LATER)
        erasing.reporter_erase_later(reporter=reporter, at=LATER)
        assert erasing.reporters_asked_erase(LATER) == 0
        loop = Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage().claim()
        loop.resolve().feed_back().publish().judge().judge()

        assert erasing.reporters_asked_erase(loop.at) == 1
        assert fresh(reports[1]).text == ""
        assert fresh(reports[0]).text != ""

    def test_first_person_erased_leaves_the_words_of_the_merged_ones(self, reports, secretary, grid_worker):
        merge([reports[1]], reports[0], secretary)
        loop = Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage().claim()
        loop.resolve().feed_back().publish().judge().judge()

        erasing.reporter_erase(reporter=reports[0].reporters.get(), at=loop.at)

        assert loop.refresh().outcome != ""
        assert reports[1].reporters.get().phone == phone(2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_who_merge_crosswise_at_once_make_no_cycle(self, reports, secretary, supervisor):
        a, b = reports[:2]

        results = at_once([lambda: merge([a], b, secretary), lambda: merge([b], a, supervisor)])

        assert sum(isinstance(one, ConflictError) for one in results) == 1
        assert Petition.objects.filter(stage=Stage.MERGED).count() == 1
        assert Petition.objects.filter(stage=Stage.RECEIVED, reporters_count=2).count() == 1

    def test_eight_presses_at_once_merge_once(self, reports, secretary):
        results = at_once([lambda: merge(reports[1:], reports[0], secretary)] * 8)

        assert sum(isinstance(one, Petition) for one in results) == 1
        assert PetitionMerger.objects.count() == 4
        assert [told("merged", n) for n in range(2, 6)] == [1] * 4

    def test_chain_built_by_two_at_once_ends_at_one_matter(self, reports, secretary, supervisor):
        a, b, c = reports[:3]

        at_once([lambda: merge([a], b, secretary), lambda: merge([b], c, supervisor)])

        for one in Petition.objects.filter(stage=Stage.MERGED).select_related("merged_into"):
            assert one.merged_into.stage != Stage.MERGED

    @pytest.mark.parametrize("order", [1, -1])
    def test_merging_while_the_target_is_answered_leaves_nobody_unasked(
        self, reports, secretary, grid_worker, order
    ):
        loop = Loop(reports[0], desk=secretary, worker=grid_worker).triage().claim().resolve()
        at = loop._next()

        def answer():
            return settling.petition_feed_back(petition_id=loop.pk, actor=secretary, answer="已清走。", at=at)

        overlapping(*(answer, lambda: merge([reports[1]], reports[0], secretary, at=at))[::order])

        is_merged = fresh(reports[1]).stage == Stage.MERGED
        assert told("answer", 2) == int(is_merged)

    def test_merging_and_taking_out_at_once_keeps_the_count(self, reports, secretary, supervisor):
        merge([reports[1]], reports[0], secretary)

        at_once(
            [
                lambda: unmerge(reports[1], secretary),
                lambda: merge([reports[2]], reports[0], supervisor, at=LATER + HOUR),
            ]
        )

        running = fresh(reports[0])
        merged = Petition.objects.filter(merged_into=running).count()
        assert running.reporters_count == 1 + merged

    @pytest.mark.parametrize("order", [1, -1])
    def test_while_one_goes_into_a_second_the_second_goes_into_a_third_and_nobody_is_left_behind(
        self, reports, secretary, supervisor, order
    ):
        a, b, c = reports[:3]

        overlapping(*(lambda: merge([a], b, secretary), lambda: merge([b], c, supervisor))[::order])

        assert_whole()

    @pytest.mark.parametrize("order", [1, -1])
    def test_taken_out_while_what_it_is_in_goes_elsewhere_nobody_is_left_behind(
        self, reports, secretary, supervisor, order
    ):
        a, b, c = reports[:3]
        merge([a], b, secretary)
        after = LATER + HOUR

        overlapping(*(lambda: unmerge(a, secretary), lambda: merge([b], c, supervisor, at=after))[::order])

        assert_whole()

    def test_taken_out_twice_at_once_it_comes_out_once(self, reports, secretary, supervisor):
        merge([reports[1]], reports[0], secretary)

        done = overlapping(lambda: unmerge(reports[1], secretary), lambda: unmerge(reports[1], supervisor))

        assert isinstance(done[1], ConflictError)
        assert reports[1].events.filter(event="unmerged").count() == 1
        assert told("unmerged", 2) == 1
        assert_whole()


def test_everybody_behind_the_matter_is_asked_also_without_a_public_stage(
    reports, secretary, grid_worker, diecui
):
    diecui.community.profile.stage_modes = {**diecui.community.profile.stage_modes, "published": "off"}
    diecui.community.profile.gates = []
    diecui.community.profile.save()
    merge(reports[1:], reports[0], secretary)

    Loop(reports[0], desk=secretary, worker=grid_worker, at=LATER).triage().claim().resolve().feed_back()

    assert Evaluation.objects.filter(petition=reports[0]).count() == 5
