"""疏忽提示: what looks neglected is told to the next tier once, with its reasons (P-17, P-42)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import AuditEntry, InboxItem, OutboxMessage
from petitions.actions import evaluating, merging, supervising
from petitions.actions.neglect import neglect_sweep
from petitions.actions.sweeping import petitions_sweep
from petitions.models import NeglectSignal, Petition
from petitions.selectors import links
from petitions.workflow import Neglect
from tests.cast import NOW, make_town
from tests.parallel import at_once
from tests.petitions.loop import HOUR, Loop, file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = "admin:petitions_petition_changelist"


def reasons(petition):
    return list(NeglectSignal.objects.filter(petition=petition).values_list("reason", flat=True))


def told(user):
    return OutboxMessage.objects.filter(kind="petition.neglect", user=user).count()


def without_photo_gate(petition):
    profile = petition.community.profile
    profile.gates = [gate for gate in profile.gates if gate != "after_photo_to_resolve"]
    profile.save()


@pytest.fixture
def unseen(loop):
    """Settled without a photo, where one would show the result; the sweep has not looked yet."""
    without_photo_gate(loop.petition)
    return loop.triage().claim().resolve(photo=False)


class TestReasons:
    def test_third_reminder_of_one_limit_tells_the_next_tier(self, loop, grid_leader):
        loop.triage()
        for days in (5, 8, 12, 20, 30, 30):
            petitions_sweep(at=NOW + days * DAY)
            neglect_sweep(at=NOW + days * DAY)

        assert reasons(loop.petition) == [Neglect.REMINDED]
        assert told(grid_leader) == 1
        assert loop.refresh().neglected_at is not None

    def test_two_reminders_are_nothing_yet(self, loop):
        loop.triage()
        due = loop.refresh().due_at
        petitions_sweep(at=due - HOUR)
        neglect_sweep(at=due - HOUR)

        assert loop.refresh().sweep_step == 2
        assert reasons(loop.petition) == []

    def test_second_reopening_tells_the_next_tier(self, loop, supervisor):
        loop.triage().claim().resolve().feed_back().publish().judge(satisfied=False)
        neglect_sweep(at=loop.at)
        assert reasons(loop.petition) == []
        loop.worker = loop.refresh().assignee
        loop.claim().resolve().feed_back().publish().judge(satisfied=False)

        evaluating.petition_reopen(petition_id=loop.pk, actor=supervisor, reason="重新办理", at=loop._next())
        neglect_sweep(at=loop.at)

        assert reasons(loop.petition) == [Neglect.REOPENED]
        assert told(supervisor) == 1

    def test_third_time_at_the_same_place_within_ninety_days_is_noticed(self, diecui, secretary, grid_worker):
        for n, days in enumerate((0, 30, 80)):
            at = NOW + days * DAY
            petition = file(diecui, at=at, who=person(phone=f"1370000000{n}"))
            Loop(petition, desk=secretary, worker=grid_worker, at=at).triage()
            neglect_sweep(at=at + HOUR)

        assert reasons(petition) == [Neglect.REPEATED]
        assert NeglectSignal.objects.count() == 1

    def test_hundred_neighbours_with_one_broken_lamp_are_one_sign(self, diecui, secretary, grid_worker):
        for n in range(6):
            petition = file(diecui, at=NOW, who=person(phone=f"1370000000{n}"))
            Loop(petition, desk=secretary, worker=grid_worker, at=NOW).triage()

        neglect_sweep(at=NOW + HOUR)

        assert NeglectSignal.objects.filter(reason=Neglect.REPEATED).count() == 1

    @pytest.mark.parametrize("change", ["later", "topic", "place", "merged", "unsorted", "spam"])
    def test_what_is_not_the_same_is_not_counted(self, diecui, secretary, grid_worker, change):
        made = []
        for n in range(3):
            at = NOW + n * (50 * DAY if change == "later" else DAY)
            fields = {"place": diecui.buildings[n % 2]} if change == "place" else {}
            petition = file(diecui, at=at, who=person(phone=f"1370000000{n}"), **fields)
            made.append(petition)
            if n == 2 and change == "merged":
                merging.petitions_merge(petition_ids=[made[1].pk], into_id=made[0].pk, actor=secretary, at=at)
            if n == 0 and change == "spam":
                Petition.objects.filter(pk=petition.pk).update(spam_marked_at=at)
            topic = ("lamp", "lift", "lamp")[n] if change == "topic" else "lamp"
            if change not in {"unsorted", "spam"} or (n == 2 and change == "spam"):
                Loop(petition, desk=secretary, worker=grid_worker, at=at).triage(topic=topic)
            neglect_sweep(at=at + HOUR)

        assert not NeglectSignal.objects.exists()

    def test_third_time_is_noticed_where_sorting_passes_by_itself(self, subdistrict):
        town = make_town("xijiao", "西郊社区", subdistrict)
        for n in range(3):
            petition = file(town, at=NOW + n * DAY, who=person(phone=f"1370000000{n}"))
        neglect_sweep(at=NOW + 3 * DAY)

        assert reasons(petition) == [Neglect.REPEATED]

    def test_result_without_a_photo_is_noticed_where_one_would_show(self, unseen):
        neglect_sweep(at=unseen.at)

        assert reasons(unseen.petition) == [Neglect.NO_PHOTO]

    @pytest.mark.parametrize(("topic", "photo"), [("noise", False), ("lamp", True)])
    def test_result_with_a_photo_or_without_anything_to_see_is_fine(self, loop, topic, photo):
        without_photo_gate(loop.petition)
        loop.triage(topic=topic).claim().resolve(photo=photo)

        neglect_sweep(at=loop.at)

        assert reasons(loop.petition) == []


class TestTelling:
    def test_supervisor_hears_of_it_too_and_it_is_on_the_trail(self, loop, secretary, clerk):
        supervising.petition_supervise(
            petition_id=loop.pk, actor=secretary, supervisor=clerk, is_tracked=True, seen=None, at=NOW
        )
        without_photo_gate(loop.petition)
        loop.triage().claim().resolve(photo=False)

        neglect_sweep(at=loop.at)

        assert told(clerk) == 1
        assert AuditEntry.objects.filter(event="petition.neglected", subject_id=str(loop.pk)).count() == 1

    def test_two_reasons_at_once_are_one_message(self, diecui, secretary, grid_worker, grid_leader):
        for n in range(3):
            at = NOW + n * DAY
            petition = file(diecui, at=at, who=person(phone=f"1370000000{n}"))
            one = Loop(petition, desk=secretary, worker=grid_worker, at=at).triage()
        without_photo_gate(petition)
        one.claim().resolve(photo=False)

        neglect_sweep(at=one.at)

        assert sorted(reasons(petition)) == [Neglect.NO_PHOTO, Neglect.REPEATED]
        body = OutboxMessage.objects.get(kind="petition.neglect", user=grid_leader).body
        assert "第三次反映" in body
        assert "没有照片" in body

    def test_the_same_reason_again_tells_nobody(self, unseen, grid_leader):
        neglect_sweep(at=unseen.at)
        Petition.objects.filter(pk=unseen.pk).update(neglect_at=unseen.at)

        neglect_sweep(at=unseen.at + HOUR)

        assert told(grid_leader) == 1
        assert unseen.petition.events.filter(event="neglected").count() == 1

    @pytest.mark.race
    def test_sweeps_at_once_tell_once(self, transactional_db, unseen, grid_leader):
        results = at_once([lambda: neglect_sweep(at=unseen.at)] * 6)

        assert not [one for one in results if isinstance(one, Exception)]
        assert told(grid_leader) == 1
        assert NeglectSignal.objects.count() == 1

    def test_database_keeps_each_reason_once(self, unseen):
        neglect_sweep(at=unseen.at)

        with pytest.raises(IntegrityError), transaction.atomic():
            NeglectSignal.objects.create(petition=unseen.petition, reason=Neglect.NO_PHOTO, noticed_at=NOW)

    def test_sweep_costs_the_same_for_many(self, diecui, secretary, grid_worker):
        without_photo_gate(file(diecui))

        def used(number):
            for n in range(number):
                made = file(diecui, who=person(phone=f"138{number:03d}{n:05d}"))
                Loop(made, desk=secretary, worker=grid_worker).triage().claim().resolve(photo=False)
            with statements() as asked:
                neglect_sweep(at=NOW + 2 * HOUR)
            return len(asked)

        used(2)  # the third at one place has a reason of its own

        assert used(3) == used(12)


class TestPages:
    def test_reasons_stand_on_the_page_and_in_a_queue(self, client, unseen, secretary):
        neglect_sweep(at=unseen.at)
        client.force_login(secretary)

        listed = client.get(f"{reverse(LIST)}?queue=neglected").content.decode()
        page = client.get(reverse("petitions:work", args=[unseen.petition.number])).content.decode()

        assert unseen.petition.number in listed
        assert "办结没有照片" in page

    def test_people_who_asked_read_nothing_of_it(self, client, unseen):
        neglect_sweep(at=unseen.at)

        own = client.get(links.ticket_path(unseen.petition.reporters.get())).content.decode()
        public = client.get(f"/diecui/matters/{unseen.petition.number}/").content.decode()

        assert "疏忽" not in own + public

    def test_inbox_of_the_next_tier_holds_it(self, unseen, grid_leader):
        neglect_sweep(at=unseen.at)

        assert InboxItem.objects.get(user=grid_leader, kind="petition.neglect").body.endswith("请过问。")
