"""晒事 on the web: what strangers read, and what they never do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from community.workflow import Stage
from core.models import StoredImage
from petitions.actions import hiding, publishing, triage
from petitions.models import Petition, PetitionPhoto, WallPost
from tests.cast import NOW
from tests.petitions.loop import Loop, file, person
from tests.petitions.pages import SCRIPT, publish_with_photos, statements, stored, ticket_url
from tests.petitions.pages import filing as typed_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(diecui, secretary, grid_worker) -> Loop:
    """A matter with a photo before and after, on the echo wall."""
    return publish_with_photos(Loop(file(diecui, photos=[stored()]), desk=secretary, worker=grid_worker))


class TestEchoWall:
    def test_shows_question_answer_both_photos_and_satisfaction_with_n(self, client, published):
        published.judge(satisfied=True)

        page = client.get("/diecui/wall/").content.decode()

        assert all(words in page for words in ("楼道灯修好了", "楼道灯不亮", "已换声控灯", "一号小区 1号楼"))
        assert page.count("/small.jpg") == 2
        assert "满意 1/1 人" in page
        assert "居民已确认" in page

    def test_before_anybody_judged_it_is_not_called_confirmed(self, client, published):
        page = client.get("/diecui/wall/").content.decode()

        assert "还没有人评价" in page
        assert "居民已确认" not in page

    def test_shows_no_word_of_the_person_who_asked(self, client, published):
        page = client.get("/diecui/wall/").content.decode()

        assert published.petition.text not in page
        assert "林阿姨" not in page

    def test_what_is_taken_down_is_gone_at_once(
        self, client, published, secretary, django_capture_on_commit_callbacks
    ):
        client.get("/diecui/wall/")

        with django_capture_on_commit_callbacks(execute=True):
            publishing.wall_post_take_down(
                post_id=WallPost.objects.get().pk, actor=secretary, reason="有门牌号", at=published._next()
            )

        assert "楼道灯修好了" not in client.get("/diecui/wall/").content.decode()

    def test_other_communities_answers_are_not_shown(self, client, published, fuxi):
        assert "楼道灯修好了" not in client.get("/fuxi/wall/").content.decode()

    def test_topic_filters(self, client, published):
        assert "楼道灯修好了" in client.get("/diecui/wall/?topic=lamp").content.decode()
        assert "楼道灯修好了" not in client.get("/diecui/wall/?topic=leak").content.decode()
        assert client.get("/diecui/wall/?topic=nonsense").status_code == 200

    def test_first_page_is_read_once_and_kept_for_everybody(self, client, published):
        client.get("/diecui/wall/")

        with statements() as used:
            page = client.get("/diecui/wall/?from=wechat").content.decode()

        assert "楼道灯修好了" in page
        assert len(used) == 1

    @pytest.mark.parametrize("rows", [3, 30])
    def test_costs_two_statements_for_any_number(self, client, published, rows):
        repeat(WallPost.objects.get(), rows - 1)

        with statements() as used:
            page = client.get("/diecui/wall/").content.decode()

        assert page.count("card__title") == min(rows, 12)
        assert len(used) == 2

    def test_pages_follow_each_other_without_gap_or_repetition(self, client, published):
        repeat(WallPost.objects.get(), 29)
        seen, url = [], "/diecui/wall/"
        while url:
            page = client.get(url).content.decode()
            seen += [line.split("<")[0] for line in page.split("复本")[1:]]
            following = [
                part for part in page.split('href="') if part.startswith("?topic=") and "下一页" in part[:400]
            ]
            url = "/diecui/wall/" + following[0].split('"')[0].replace("&amp;", "&") if following else ""

        numbers = [number for number in dict.fromkeys(seen) if number]
        assert len(numbers) == 29

    @pytest.mark.parametrize("cursor", ["x", "last", "'; DROP TABLE", "a" * 5000])
    def test_strange_cursor_shows_a_page(self, client, published, cursor):
        assert client.get("/diecui/wall/", {"cursor": cursor}).status_code == 200


def repeat(post: WallPost, times: int) -> None:
    """The same answer again, of other matters, each a minute older."""
    for number in range(times):
        petition = Petition.objects.get(pk=post.petition_id)
        petition.pk = None
        petition.number, petition.filing_key = f"20261101-{number:04d}", uuid4()
        petition.save()
        WallPost.objects.create(
            petition=petition,
            community=post.community,
            title=f"复本{number}",
            question="问",
            answer="答",
            place_name="一号小区",
            topic="lamp",
            published_at=post.published_at - timedelta(minutes=number + 1),
            published_by=post.published_by,
        )


class TestProblemWall:
    def test_shows_topic_building_and_age_and_no_more(self, client, diecui):
        file(diecui, text="林阿姨家门口的灯坏了", spot="三单元301", at=timezone.now() - timedelta(days=5))

        page = client.get("/diecui/problems/").content.decode()

        assert "路灯楼道灯" in page
        assert "一号小区 1号楼" in page
        assert "已等 5 天" in page
        assert not any(words in page for words in ("林阿姨", "门口的灯", "301", "139"))

    def test_title_is_shown_once_it_is_approved(self, client, petition, secretary):
        triage.petition_approve_title(petition_id=petition.pk, actor=secretary, title="楼道灯不亮", at=NOW)

        assert "楼道灯不亮" in client.get("/diecui/problems/").content.decode()

    def test_unanswered_past_its_promise_ages_visibly(self, client, diecui):
        file(diecui, at=timezone.now() - timedelta(days=60))

        page = client.get("/diecui/problems/").content.decode()

        assert "age--late" in page
        assert "超过承诺时间" in page

    def test_oldest_stands_first(self, client, diecui):
        file(diecui, topic="leak", at=timezone.now() - timedelta(days=1), who=person(phone=""))
        file(diecui, topic="lamp", at=timezone.now() - timedelta(days=3), who=person(phone=""))

        page = client.get("/diecui/problems/").content.decode().split('class="cards"')[1]

        assert page.index("路灯楼道灯") < page.index("漏水渗水")

    @pytest.mark.parametrize("hidden", ["private", "spam", "withdrawn", "answered"])
    def test_private_spam_withdrawn_and_answered_matters_are_not_there(self, client, diecui, hidden):
        known = file(diecui, is_private=hidden == "private")
        if hidden == "spam":
            Petition.objects.update(spam_marked_at=known.filed_at)
        elif hidden == "withdrawn":
            Petition.objects.update(stage=Stage.WITHDRAWN)
        elif hidden == "answered":
            Petition.objects.update(stage=Stage.FED_BACK, fed_back_at=known.filed_at, severity="blue")

        page = client.get("/diecui/problems/").content.decode()

        assert known.number not in page
        assert "现在没有等着答复的事" in page

    def test_hidden_matter_leaves_at_once(
        self, client, petition, secretary, django_capture_on_commit_callbacks
    ):
        assert petition.number in client.get("/diecui/problems/").content.decode()

        with django_capture_on_commit_callbacks(execute=True):
            hiding.petition_hide(petition_id=petition.pk, actor=secretary, reason="涉及家事", at=NOW)

        assert petition.number not in client.get("/diecui/problems/").content.decode()

    @pytest.mark.parametrize("rows", [3, 30])
    def test_costs_two_statements_for_any_number(self, client, diecui, rows):
        for number in range(rows):
            file(diecui, who=person(phone=""), at=NOW + timedelta(minutes=number))

        with statements() as used:
            page = client.get("/diecui/problems/").content.decode()

        assert page.count("card__title") == min(rows, 12)
        assert len(used) == 2


class TestMatter:
    def test_open_matter_shows_what_strangers_may_know(self, client, diecui):
        petition = file(diecui, text="林阿姨家门口的灯坏了", spot="三单元301")

        page = client.get(f"/diecui/matters/{petition.number}/").content.decode()

        assert "一号小区 1号楼" in page
        assert not any(words in page for words in ("林阿姨", "301", "收事"))
        assert "我也遇到了" in page

    @pytest.mark.parametrize("hidden", ["private", "spam", "withdrawn", "returned", "foreign", "unknown"])
    def test_hidden_matter_is_not_found_for_strangers_and_neighbours(
        self, client, diecui, fuxi, neighbour, hidden
    ):
        petition = file(diecui, is_private=hidden == "private")
        changes = {
            "spam": {"spam_marked_at": NOW},
            "withdrawn": {"stage": Stage.WITHDRAWN},
            "returned": {"stage": Stage.RETURNED},
        }
        Petition.objects.update(**changes.get(hidden, {"changed_at": NOW}))
        slug = "fuxi" if hidden == "foreign" else "diecui"
        number = "20260101-0001" if hidden == "unknown" else petition.number
        client.force_login(neighbour)

        answers = [client.get(f"/{slug}/matters/{number}/"), client.get(f"/{slug}/matters/{number}/join/")]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert all(petition.text not in answer.content.decode() for answer in answers)

    def test_answered_matter_shows_its_published_answer(self, client, published):
        page = client.get(f"/diecui/matters/{published.petition.number}/").content.decode()

        assert "已换声控灯" in page
        assert published.petition.text not in page
        assert "我也遇到了" not in page

    def test_words_of_a_refusal_are_never_public(self, client, published, grid_leader):
        published.judge(satisfied=False, comment="王师傅态度不好")

        page = client.get(f"/diecui/matters/{published.petition.number}/").content.decode()

        assert "王师傅" not in page

    def test_joining_without_a_phone_ends_on_a_receipt(self, client, diecui, petition):
        form = typed_form(diecui, words="我家也是", phone="")

        response = client.post(f"/diecui/matters/{petition.number}/join/", form)

        joined = petition.reporters.get(is_first=False)
        assert response.status_code == 302
        assert joined.words == "我家也是"
        assert petition.number in client.get(response.url).content.decode()

    def test_joining_needs_consent(self, client, diecui, petition):
        form = typed_form(diecui, words="我家也是", phone="13700000001", consent=None)

        response = client.post(f"/diecui/matters/{petition.number}/join/", form)

        assert response.status_code == 422
        assert "我家也是" in response.content.decode()
        assert petition.reporters.count() == 1

    def test_joining_twice_with_one_form_counts_once(self, client, diecui, petition):
        form = typed_form(diecui, words="我家也是", phone="13700000001")
        for _n in range(2):
            response = client.post(f"/diecui/matters/{petition.number}/join/", form)

        petition.refresh_from_db()
        assert response.status_code == 302
        assert petition.reporters_count == petition.reporters.count() == 2

    def test_script_in_published_words_is_shown_as_text(self, client, published):
        WallPost.objects.update(title=SCRIPT[:40], question=SCRIPT, answer=SCRIPT, place_name=SCRIPT)

        for url in ("/diecui/wall/", f"/diecui/matters/{published.petition.number}/", "/diecui/"):
            assert SCRIPT not in client.get(url).content.decode()


class TestPhotos:
    """Public ones to everybody; the others to who sent them and to staff in post over the matter."""

    def urls(self, photo):
        return [f"/photos/{photo.image_id}/{size}.jpg" for size in ("small", "full")]

    def test_published_photo_is_open_to_everybody(self, client, published):
        for photo in PetitionPhoto.objects.all():
            for url in self.urls(photo):
                response = client.get(url)
                assert response["Content-Type"] == "image/jpeg"
                assert response["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("who", ["anonymous", "neighbour", "outsider", "worker_of_another_grid"])
    def test_unpublished_photo_is_not_found_for_others(self, client, diecui, who, request):
        petition = file(diecui, photos=[stored()])
        if who != "anonymous":
            client.force_login(request.getfixturevalue(who))

        for url in self.urls(petition.photos.get()):
            assert client.get(url).status_code == 404

    @pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "secretary", "supervisor"])
    def test_staff_in_post_over_the_matter_see_it(self, client, diecui, who, request):
        petition = file(diecui, photos=[stored()])
        client.force_login(request.getfixturevalue(who))

        for url in self.urls(petition.photos.get()):
            assert client.get(url).status_code == 200

    def test_reporter_sees_it_by_their_own_link(self, client, diecui):
        petition = file(diecui, photos=[stored()])
        photo = petition.photos.get()

        response = client.get(ticket_url(petition.reporters.get(), f"photos/{photo.image_id}/small.jpg"))

        assert response.status_code == 200
        assert response["Referrer-Policy"] == "same-origin"

    def test_link_of_one_matter_opens_no_photo_of_another(self, client, diecui):
        petition = file(diecui, photos=[stored()])
        other = file(diecui, who=person(phone="13700000001")).reporters.get()

        response = client.get(ticket_url(other, f"photos/{petition.photos.get().image_id}/small.jpg"))

        assert response.status_code == 404

    def test_photo_of_a_text_that_was_taken_down_is_private_again(self, client, published, secretary):
        publishing.wall_post_take_down(
            post_id=WallPost.objects.get().pk, actor=secretary, reason="有门牌号", at=published._next()
        )

        for photo in PetitionPhoto.objects.all():
            assert client.get(self.urls(photo)[0]).status_code == 404

    def test_photo_of_a_reopened_matter_is_private_again(self, client, published):
        published.judge(satisfied=False)

        for photo in PetitionPhoto.objects.all():
            assert client.get(self.urls(photo)[0]).status_code == 404

    def test_photo_of_a_matter_made_private_is_not_found(self, client, published):
        Petition.objects.update(is_private=True, stage=Stage.FED_BACK)

        for photo in PetitionPhoto.objects.all():
            assert client.get(self.urls(photo)[0]).status_code == 404


class TestQrSheets:
    @pytest.fixture
    def points(self, diecui, at):
        from community import actions

        for kind, place, name in (
            ("talk_bench", diecui.estate, "凉亭说事凳"),
            ("building", diecui.buildings[0], "一号小区 1号楼"),
        ):
            actions.talk_point_create(community=diecui.community, place=place, kind=kind, name=name, at=at)

    def test_secretary_prints_all_or_some(self, client, diecui, secretary, points):
        client.force_login(secretary)

        chooser = client.get("/diecui/qr-sheets/").content.decode()
        everything = client.get("/diecui/qr-sheets.pdf")
        some = client.get("/diecui/qr-sheets.pdf?size=poster&point=x&point=999999999999999999999999")

        assert "凉亭说事凳" in chooser
        assert everything.content.startswith(b"%PDF-")
        assert some.content.startswith(b"%PDF-")

    @pytest.mark.parametrize("who", ["resident", "outsider", "secretary_of_another_community"])
    def test_others_may_not_print(self, client, diecui, who, request, points):
        client.force_login(request.getfixturevalue(who))

        assert client.get("/diecui/qr-sheets/").status_code == 403
        assert client.get("/diecui/qr-sheets.pdf").status_code == 403

    def test_stranger_is_asked_to_sign_in(self, client, diecui):
        assert client.get("/diecui/qr-sheets/").status_code == 302
        assert client.get("/diecui/qr-sheets.pdf").status_code == 403


class TestHome:
    def test_shows_figures_with_n_and_their_moment(self, client, published):
        from petitions.actions.figures import figures_refresh

        published.judge(satisfied=True)
        figures_refresh(at=NOW)

        page = client.get("/diecui/").content.decode()

        assert "1 人评" in page
        assert "截至 11月20日(周五)10:00" in page
        assert "居民确认办好" in page
        assert "单位办结，居民未确认" in page

    def test_shows_latest_answers_and_the_way_to_file(self, client, published):
        page = client.get("/diecui/").content.decode()

        assert "楼道灯修好了" in page
        assert "/diecui/file/" in page
        assert "/diecui/track/" in page


def test_privacy_page_says_what_for_and_how_to_erase(client, diecui):
    page = client.get("/diecui/privacy/").content.decode()

    assert "做什么用" in page
    assert "怎样查看、更正、带走和删除" in page
    assert "办结后 3 年" in page
    assert "叠翠社区 社区书记" in page
    assert 'href="tel:0359-5020001"' in page


def test_abandoned_photos_are_deleted_and_used_ones_stay(diecui):
    from petitions.actions.photos import photos_abandoned_delete

    used, abandoned = stored(), stored()
    file(diecui, photos=[used])

    deleted = photos_abandoned_delete(at=NOW + timedelta(days=3))

    assert deleted == 1
    assert list(StoredImage.objects.all()) == [used]
    assert not abandoned.file.storage.exists(abandoned.file.name)


def test_young_photos_wait_for_their_form(db):
    from petitions.actions.photos import photos_abandoned_delete

    stored()

    assert photos_abandoned_delete(at=NOW + timedelta(hours=30)) == 0
