"""What a matter leads to: the next topic (P-46), and a service that everybody who asked hears of (P-43)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from community.workflow import Stage
from core import constraints
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import OutboxMessage
from petitions.actions import following_on, merging, serving
from petitions.models import Petition, ServiceBorn
from petitions.selectors.matter import matter_of
from tests.cast import NOW, make_town
from tests.parallel import at_once, overlapping
from tests.petitions.loop import HOUR, Loop, file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def sent(kind, **to):
    return OutboxMessage.objects.filter(kind=f"petition.{kind}", **to).count()


class TestFollowOn:
    @pytest.fixture
    def closed(self, loop):
        loop.triage(public_title="楼道灯").claim().resolve().feed_back().publish().judge()
        return loop.refresh()

    def next_topic(self, closed, actor, at=NOW + DAY, text="接着说说停车"):
        return following_on.petition_follow_on(
            petition_id=closed.pk, actor=actor, text=text, topic="parking", at=at
        )

    def test_both_pages_show_the_chain(self, client, closed, grid_worker, secretary):
        later = self.next_topic(closed, grid_worker)
        client.force_login(secretary)

        for one, other in ((closed, later), (later, closed)):
            desk = client.get(reverse("petitions:work", args=[one.number])).content.decode()
            public = client.get(f"/diecui/matters/{one.number}/").content.decode()
            assert other.number in desk
            assert f"/diecui/matters/{other.number}/" in public

    def test_private_topic_is_in_no_public_chain(self, client, closed, grid_worker):
        later = self.next_topic(closed, grid_worker)
        Petition.objects.filter(pk=later.pk).update(is_private=True)

        page = client.get(f"/diecui/matters/{closed.number}/").content.decode()

        assert later.number not in page

    def test_three_topics_in_a_row_are_one_chain(self, closed, grid_worker, secretary):
        second = self.next_topic(closed, grid_worker)
        Petition.objects.filter(pk=second.pk).update(
            stage=Stage.ARCHIVED, severity="blue", fed_back_at=NOW, route="self_help"
        )
        third = self.next_topic(second, grid_worker, text="再说说垃圾桶")

        chain = matter_of(secretary, number=closed.number, at=NOW + DAY).chain

        assert [one.number for one in chain] == [closed.number, second.number, third.number]

    def test_matters_of_other_topics_are_in_no_chain(self, client, diecui, closed, grid_worker, secretary):
        later = self.next_topic(closed, grid_worker)
        other = file(diecui, text="旁边一件不相干的事", at=NOW)
        client.force_login(secretary)

        chains = [matter_of(secretary, number=one.number, at=NOW + DAY).chain for one in (closed, other)]
        page = client.get(reverse("petitions:work", args=[other.number])).content.decode()

        assert [[one.pk for one in chain] for chain in chains] == [[closed.pk, later.pk], []]
        assert closed.number not in page

    def test_words_of_a_topic_that_went_elsewhere_stay_with_those_who_may_read_it(
        self, closed, diecui, grid_worker, secretary
    ):
        later = self.next_topic(closed, grid_worker)
        Petition.objects.filter(pk=later.pk).update(place=diecui.buildings[1])

        chain = matter_of(secretary, number=closed.number, at=NOW + DAY).chain

        assert [one.title for one in chain] == ["楼道灯", ""]

    def test_open_matter_has_no_follow_on(self, petition, grid_worker):
        with pytest.raises(ConflictError):
            self.next_topic(petition, grid_worker)

    def test_second_tap_files_no_second_matter(self, closed, grid_worker):
        first = self.next_topic(closed, grid_worker)

        again = self.next_topic(closed, grid_worker, at=NOW + DAY + HOUR)

        assert again.pk == first.pk
        assert closed.events.filter(event="followed_on").count() == 1

    @pytest.mark.race
    def test_two_taps_at_once_open_one_topic(self, transactional_db, closed, grid_worker, secretary):
        done = overlapping(
            lambda: self.next_topic(closed, grid_worker), lambda: self.next_topic(closed, secretary)
        )

        assert done[0].pk == done[1].pk
        assert closed.events.filter(event="followed_on").count() == 1

    def test_stranger_to_the_place_opens_none(self, closed, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            self.next_topic(closed, worker_of_another_grid)

    def test_api_names_the_earlier_one(self, client, closed, grid_worker, secretary):
        later = self.next_topic(closed, grid_worker)
        client.force_login(secretary)

        assert client.get(f"/api/v1/petitions/{later.number}/").json()["follow_on_of"] == closed.number


class TestService:
    def lead(self, petition, actor, at=NOW, **fields):
        given = {"title": "叠翠长者食堂", "kind": "meals"}
        new = serving.NewService(**{**given, **fields})
        return serving.petition_lead_to_service(petition_id=petition.pk, actor=actor, service=new, at=at)

    @pytest.fixture
    def asked(self, diecui, secretary, grid_worker):
        """Two people asked for it in two matters, and a third one's was merged into the first."""
        made = []
        for n in range(3):
            petition = file(
                diecui, who=person(phone=f"1370000000{n}"), text="老人中午吃饭难", topic="elder_support"
            )
            made.append(petition)
        merging.petitions_merge(petition_ids=[made[2].pk], into_id=made[0].pk, actor=secretary, at=NOW)
        for one in made[:2]:
            Loop(one, desk=secretary, worker=grid_worker).triage(
                topic="elder_support", public_title="老人用餐"
            )
        return made

    def test_everybody_who_asked_hears_once_when_it_opens(self, asked, secretary):
        service = self.lead(asked[0], secretary)
        serving.petition_lead_to_service(petition_id=asked[1].pk, actor=secretary, service=service, at=NOW)
        assert sent("service") == 0

        serving.service_open(service_id=service.pk, actor=secretary, opened_on=NOW.date(), at=NOW + HOUR)

        assert [sent("service", phone=f"1370000000{n}") for n in range(3)] == [1, 1, 1]

    def test_day_in_the_future_is_announced_when_it_comes(self, asked, secretary):
        self.lead(asked[0], secretary, opened_on=(NOW + WEEK).date())

        serving.services_announce(at=NOW + DAY)
        assert sent("service") == 0
        serving.services_announce(at=NOW + WEEK)
        serving.services_announce(at=NOW + WEEK + DAY)

        assert sent("service", phone="13700000000") == 1

    def test_matter_linked_later_is_told_at_once_and_nobody_twice(self, asked, secretary):
        service = self.lead(asked[0], secretary)
        serving.service_open(service_id=service.pk, actor=secretary, opened_on=NOW.date(), at=NOW)

        serving.petition_lead_to_service(
            petition_id=asked[1].pk, actor=secretary, service=ServiceBorn.objects.get(), at=NOW + HOUR
        )

        assert [sent("service", phone=f"1370000000{n}") for n in range(3)] == [1, 1, 1]

    @pytest.mark.race
    def test_one_matter_leads_to_one_service_whoever_writes_it_down_at_once(
        self, transactional_db, petition, secretary, supervisor
    ):
        done = overlapping(
            lambda: self.lead(petition, secretary), lambda: self.lead(petition, supervisor, title="助餐点")
        )

        assert isinstance(done[1], ConflictError)
        assert ServiceBorn.objects.get().title == "叠翠长者食堂"

    @pytest.mark.race
    def test_two_matters_give_one_name_to_one_service(self, transactional_db, diecui, secretary, supervisor):
        first, second = (file(diecui, text=text) for text in ("老人吃饭难", "食堂什么时候开"))

        done = overlapping(lambda: self.lead(first, secretary), lambda: self.lead(second, supervisor))

        assert isinstance(done[0], ServiceBorn)
        assert constraints.explain(done[1]) is not None
        assert Petition.objects.get(pk=second.pk).service_id is None

    @pytest.mark.race
    @pytest.mark.parametrize("order", [1, -1])
    def test_whoever_is_linked_while_it_opens_hears_of_it_once(
        self, transactional_db, asked, secretary, supervisor, order
    ):
        service = self.lead(asked[0], secretary)

        def link():
            return serving.petition_lead_to_service(
                petition_id=asked[1].pk, actor=supervisor, service=service, at=NOW
            )

        def opened():
            return serving.service_open(service_id=service.pk, actor=secretary, opened_on=NOW.date(), at=NOW)

        overlapping(*(link, opened)[::order])

        assert [sent("service", phone=f"1370000000{n}") for n in range(3)] == [1, 1, 1]

    @pytest.mark.race
    def test_opening_at_once_six_times_tells_once(self, transactional_db, asked, secretary):
        service = self.lead(asked[0], secretary)

        at_once(
            [
                lambda: serving.service_open(
                    service_id=service.pk, actor=secretary, opened_on=NOW.date(), at=NOW
                )
            ]
            * 6
        )

        assert sent("service", phone="13700000000") == 1

    @pytest.mark.race
    def test_person_behind_two_matters_linked_at_once_is_told_once(self, transactional_db, diecui, secretary):
        first = file(diecui, text="老人中午吃饭难")
        others = [file(diecui, text="食堂什么时候开", spot=f"{n}层") for n in range(4)]
        Petition.objects.update(stage="triaged", severity="blue")
        service = self.lead(first, secretary, opened_on=NOW.date())

        results = at_once(
            [
                lambda one=one: serving.petition_lead_to_service(
                    petition_id=one.pk, actor=secretary, service=service, at=NOW + HOUR
                )
                for one in others
            ]
        )

        assert not [one for one in results if isinstance(one, Exception)]
        assert sent("service", phone="13912345678") == 1

    def test_service_of_another_community_is_refused(self, asked, secretary, subdistrict):
        other = make_town("fuqian", "府前社区", subdistrict)
        service = ServiceBorn.objects.create(
            community=other.community, title="食堂", kind="meals", planned_at=NOW
        )

        with pytest.raises(InvalidInputError):
            serving.petition_lead_to_service(
                petition_id=asked[0].pk, actor=secretary, service=service, at=NOW
            )

    def test_name_is_taken_once(self, asked, secretary):
        self.lead(asked[0], secretary)

        with pytest.raises(ConflictError):
            self.lead(asked[1], secretary)

    def test_worker_does_not_found_services(self, asked, grid_worker):
        with pytest.raises(NotAllowedError):
            self.lead(asked[0], grid_worker)

    def test_public_list_names_service_and_public_matters(self, client, asked, secretary):
        service = self.lead(asked[0], secretary)
        serving.petition_lead_to_service(petition_id=asked[1].pk, actor=secretary, service=service, at=NOW)
        Petition.objects.filter(pk=asked[1].pk).update(is_private=True)

        page = client.get("/diecui/services-born/").content.decode()

        assert "叠翠长者食堂" in page
        assert asked[0].number in page
        assert asked[1].number not in page

    def test_public_list_costs_the_same_for_many(self, client, diecui):
        def used(number):
            have = ServiceBorn.objects.count()
            ServiceBorn.objects.bulk_create(
                ServiceBorn(community=diecui.community, title=f"服务{n}", kind="other", planned_at=NOW)
                for n in range(have, number)
            )
            client.get("/diecui/services-born/")
            with statements() as sent:
                assert client.get("/diecui/services-born/").status_code == 200
            return len(sent)

        assert used(3) == used(30)
