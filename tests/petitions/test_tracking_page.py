"""Tracking: by number and code, by link, by account; what each may read, and do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from community.workflow import Stage
from core.models import OutboxMessage
from petitions.actions import handling, hiding, joining, reporting, rerouting, settling
from petitions.models import PetitionEvent, PetitionPhoto, PetitionReporter
from petitions.selectors import links
from tests.cast import NOW
from tests.petitions.loop import file, person, photo_image
from tests.petitions.pages import SCRIPT, picture, statements, ticket_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporter(petition) -> PetitionReporter:
    """The person who filed `petition`."""
    return petition.reporters.get()


@pytest.fixture
def joined(petition) -> PetitionReporter:
    """A neighbour who joined `petition` with words of their own."""
    return joining.petition_join(
        petition_id=petition.pk,
        person=person(name="刘叔", phone="13700000009"),
        words="我家也看不清",
        key=uuid4(),
        at=NOW,
    ).reporter


def track(client, number, code, url="/track/"):
    return client.post(url, {"number": number, "code": code})


class TestNumberAndCode:
    @pytest.mark.parametrize("url", ["/track/", "/diecui/track/"])
    def test_number_and_code_open_the_page(self, client, reporter, url):
        response = track(client, reporter.petition.number, links.tracking_code(reporter), url)

        assert response.status_code == 302
        assert reporter.petition.number in client.get(response.url).content.decode()

    def test_number_and_code_may_be_typed_loosely(self, client, reporter):
        number = reporter.petition.number.replace("-", " ").translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        )
        code = links.tracking_code(reporter)

        response = track(client, number, f" {code[:4]}-{code[4:]} ")

        assert response.status_code == 302

    @pytest.mark.parametrize("wrong", ["code", "number", "foreign"])
    def test_whatever_is_wrong_says_the_same_neutral_sentence(self, client, diecui, reporter, wrong):
        number, code = reporter.petition.number, links.tracking_code(reporter)
        if wrong == "code":
            code = f"{(int(code) + 1) % 10**8:08d}"
        elif wrong == "number":
            number = "20200101-9999"
        else:
            code = links.tracking_code(file(diecui, who=person(phone="13700000001")).reporters.get())

        response = track(client, number, code)

        assert response.status_code == 422
        assert "编号或查询码不对，请照回执再核对一遍。" in response.content.decode()
        assert reporter.petition.text not in response.content.decode()

    def test_guessing_locks_the_number_out_with_a_sentence(self, client, reporter):
        for guess in range(10):
            track(client, reporter.petition.number, f"{guess:08d}")

        response = track(client, reporter.petition.number, links.tracking_code(reporter))

        assert response.status_code == 429
        assert "分钟后再试" in response.content.decode()

    def test_stranger_who_guesses_at_a_number_leaves_its_owner_the_way_in(self, client, reporter):
        stranger = Client(REMOTE_ADDR="203.0.113.7")
        for guess in range(11):
            track(stranger, reporter.petition.number, f"{guess:08d}")

        response = track(client, reporter.petition.number, links.tracking_code(reporter))

        assert response.status_code == 302

    def test_guessing_from_everywhere_leaves_each_network_one_try_in_ten_minutes(self, client, reporter):
        for guess in range(101):
            track(Client(REMOTE_ADDR=f"203.0.113.{guess}"), reporter.petition.number, f"{guess:08d}")

        answers = [track(client, reporter.petition.number, "00000000").status_code for _n in range(2)]

        assert answers == [422, 429]

    def test_guessing_at_one_number_leaves_the_others_open(self, client, diecui, reporter):
        other = file(diecui, who=person(phone="13700000001")).reporters.get()
        for guess in range(11):
            track(client, reporter.petition.number, f"{guess:08d}")

        response = track(client, other.petition.number, links.tracking_code(other))

        assert response.status_code == 302

    def test_one_address_cannot_go_on_guessing(self, client, reporter):
        for guess in range(40):
            track(client, f"20261120-{guess:04d}", "00000000")

        response = track(client, reporter.petition.number, links.tracking_code(reporter))

        assert response.status_code == 429

    def test_nonsense_is_refused_in_words(self, client, db):
        response = track(client, SCRIPT, SCRIPT * 1000)

        assert response.status_code == 422
        assert SCRIPT not in response.content.decode()


class TestLostCode:
    def test_code_goes_to_the_phone_on_record(self, client, reporter):
        before = OutboxMessage.objects.filter(phone=reporter.phone).count()

        response = client.post("/track/lost/", {"number": reporter.petition.number, "phone": reporter.phone})

        assert response.status_code == 302
        assert OutboxMessage.objects.filter(phone=reporter.phone).count() == before + 1

    def test_answer_is_the_same_whether_there_is_one_or_not(self, client, reporter):
        number = reporter.petition.number
        answers = [
            client.post("/track/lost/", {"number": number, "phone": phone}, follow=True).content.decode()
            for phone in (reporter.phone, "13888888888")
        ]

        sentence = "如果编号和手机号与登记的一致"
        assert all(sentence in answer for answer in answers)
        assert not OutboxMessage.objects.filter(phone="13888888888").exists()

    def test_asking_too_often_is_refused(self, client, reporter):
        asked = {"number": reporter.petition.number, "phone": reporter.phone}
        for _n in range(3):
            client.post("/track/lost/", asked)

        assert client.post("/track/lost/", asked).status_code == 429

    def test_stranger_who_asks_for_a_code_leaves_the_owner_theirs(self, client, reporter):
        asked = {"number": reporter.petition.number, "phone": reporter.phone}
        for _n in range(4):
            Client(REMOTE_ADDR="203.0.113.7").post("/track/lost/", asked)

        assert client.post("/track/lost/", asked).status_code == 302


class TestTicket:
    def test_page_is_kept_out_of_caches_engines_and_referrers(self, client, reporter):
        response = client.get(ticket_url(reporter))

        assert response["Referrer-Policy"] == "same-origin"
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]

    @pytest.mark.parametrize(
        "rest",
        [
            "",
            "receipt/",
            "receipt.pdf",
            "answer/",
            "add/",
            "correct/",
            "withdraw/",
            "photos/00000000-0000-4000-8000-000000000000/small.jpg",
        ],
    )
    def test_forged_link_opens_nothing(self, client, reporter, rest):
        forged = links.ticket_path(reporter)[:-3] + "xx/"

        response = client.post(forged + rest) if rest == "answer/" else client.get(forged + rest)

        assert response.status_code == 410
        assert "链接" in response.content.decode()

    def test_link_from_before_the_number_was_corrected_is_void(self, client, reporter):
        url = ticket_url(reporter)
        PetitionReporter.objects.update(code_version=2)

        assert client.get(url).status_code == 410

    def test_judging_link_is_no_ticket(self, client, loop):
        loop.triage().claim().resolve().feed_back().publish()
        judging = links.judgement_path(loop.petition.evaluations.get())

        assert client.get(judging.replace("/j/", "/p/")).status_code == 410

    def test_six_steps_in_the_community_words(self, client, loop, reporter):
        loop.triage().claim()

        page = client.get(ticket_url(reporter)).content.decode()

        steps = [label for label in ("收事", "理事", "办事", "晒事", "评事") if f">{label}</span>" in page]
        assert steps == ["收事", "理事", "办事", "晒事", "评事"]
        assert 'aria-current="step"' in page
        assert "进行到“办事”" in page

    def test_each_community_shows_its_own_words(self, client, fuxi):
        reporter = file(fuxi).reporters.get()

        page = client.get(ticket_url(reporter)).content.decode()

        assert all(label in page for label in ("五个渠道", "三色图谱", "决议落实", "回音壁", "民情评价机制"))
        assert "收事" not in page

    def test_post_is_named_and_never_the_person(self, client, loop, reporter, grid_worker):
        loop.triage().claim()

        page = client.get(ticket_url(reporter)).content.decode()

        assert "第1网格 网格员" in page
        assert grid_worker.display_name not in page

    def test_clock_is_said_in_words(self, client, loop, reporter):
        loop.triage()

        assert "前办结" in client.get(ticket_url(reporter)).content.decode()

    def test_pause_says_why_and_until_when(self, client, loop, reporter, grid_worker):
        loop.triage().claim()
        handling.petition_pause(petition_id=loop.pk, actor=grid_worker, reason="等配件到货", at=loop._next())

        page = client.get(ticket_url(reporter)).content.decode()

        assert "暂停计时：等配件到货。最晚" in page

    def test_return_shows_its_reason(self, client, petition, reporter, secretary):
        rerouting.petition_return(petition_id=petition.pk, actor=secretary, reason="请补充具体楼层", at=NOW)

        page = client.get(ticket_url(reporter)).content.decode()

        assert "退回" in page
        assert "请补充具体楼层" in page

    def test_staff_only_lines_are_not_shown(self, client, loop, reporter, secretary):
        hiding.spam_mark(petition_id=loop.pk, actor=secretary, reason="骂人", at=NOW)

        page = client.get(ticket_url(reporter)).content.decode()

        assert "骂人" not in page
        assert "无效" not in page

    @pytest.mark.parametrize("rows", [3, 30])
    def test_page_costs_five_statements_however_long_the_history(
        self, client, loop, reporter, grid_worker, rows
    ):
        loop.triage().claim()
        for _n in range(rows):
            handling.petition_progress(
                petition_id=loop.pk, actor=grid_worker, note="在办", photos=[photo_image()], at=loop._next()
            )

        with statements() as used:
            response = client.get(ticket_url(reporter))

        assert response.content.decode().count("/small.jpg") == rows
        assert len(used) == 5


class TestNeighbourWhoJoined:
    """Anybody may join a public matter: what the others wrote and sent stays theirs."""

    def test_reads_their_own_words_and_the_title_only(self, client, petition, joined):
        page = client.get(ticket_url(joined)).content.decode()

        assert "我家也看不清" in page
        assert petition.text not in page
        assert "林阿姨" not in page

    def test_first_reporter_does_not_read_the_neighbours_words(self, client, reporter, joined):
        reporting.petition_add(reporter=joined, text="我住301，电话13700000009", photos=[], at=NOW)

        page = client.get(ticket_url(reporter)).content.decode()

        assert "补充" in page
        assert "我住301" not in page

    def test_sees_no_photo_of_the_first_reporter_before_it_is_public(self, client, petition, joined):
        photo = PetitionPhoto.objects.create(
            petition=petition,
            image=photo_image(),
            kind="before",
            reporter=petition.reporters.get(is_first=True),
            added_at=NOW,
        )

        page = client.get(ticket_url(joined)).content.decode()

        assert str(photo.image_id) not in page
        assert client.get(ticket_url(joined, f"photos/{photo.image_id}/small.jpg")).status_code == 404

    def test_is_answered_like_the_first(self, client, loop, joined):
        loop.triage().claim().resolve().feed_back()

        assert "楼道灯已修好" in client.get(ticket_url(joined)).content.decode()

    def test_cannot_correct_or_withdraw_what_is_not_theirs(self, client, petition, joined):
        corrected = client.post(ticket_url(joined, "correct/"), {"text": "别的事"})
        withdrawn = client.post(ticket_url(joined, "withdraw/"), {"reason": ""})

        petition.refresh_from_db()
        assert (corrected.status_code, withdrawn.status_code) == (409, 409)
        assert petition.stage == Stage.RECEIVED
        assert petition.text.startswith("三单元")

    def test_does_not_see_the_question_to_the_first(self, client, loop, reporter, joined, grid_worker):
        loop.triage().claim()
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几点在家？", at=loop._next())

        assert "几点在家？" in client.get(ticket_url(reporter)).content.decode()
        assert "几点在家？" not in client.get(ticket_url(joined)).content.decode()
        assert client.post(ticket_url(joined, "answer/"), {"answer": "八点"}).status_code == 409


class TestWhatTheReporterMayDo:
    def test_adds_words_and_photos(self, client, petition, reporter):
        response = client.post(ticket_url(reporter, "add/"), {"text": "灯更暗了", "photos": [picture()]})

        assert response.status_code == 302
        assert petition.photos.get().reporter == reporter
        assert PetitionEvent.objects.get(event="added").note == "灯更暗了"

    def test_adding_nothing_is_refused(self, client, petition, reporter):
        response = client.post(ticket_url(reporter, "add/"), {"text": ""})

        assert response.status_code == 422
        assert "请写几句话，或者加一张照片。" in response.content.decode()

    def test_corrects_before_it_is_sorted(self, client, petition, reporter):
        response = client.post(ticket_url(reporter, "correct/"), {"text": "是四单元的灯", "spot": "四单元"})

        petition.refresh_from_db()
        assert response.status_code == 302
        assert (petition.text, petition.spot) == ("是四单元的灯", "四单元")

    def test_correcting_afterwards_says_what_to_do_instead(self, client, loop, reporter):
        loop.triage()

        response = client.post(ticket_url(reporter, "correct/"), {"text": "是四单元的灯"})

        assert response.status_code == 409
        assert "补充" in response.content.decode()
        assert "是四单元的灯" in response.content.decode()

    def test_withdrawing_asks_first(self, client, petition, reporter):
        page = client.get(ticket_url(reporter, "withdraw/"))

        petition.refresh_from_db()
        assert "撤回这件诉求" in page.content.decode()
        assert petition.stage == Stage.RECEIVED

    def test_withdraws(self, client, petition, reporter):
        client.post(ticket_url(reporter, "withdraw/"), {"reason": "已经好了"})

        petition.refresh_from_db()
        assert petition.stage == Stage.WITHDRAWN
        assert "撤回" in client.get(ticket_url(reporter)).content.decode()

    def test_answers_the_question_and_the_clock_goes_on(self, client, loop, reporter, grid_worker):
        loop.triage().claim()
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几点在家？", at=loop._next())

        response = client.post(ticket_url(reporter, "answer/"), {"answer": "晚上八点"})

        assert response.status_code == 302
        assert not loop.refresh().is_paused
        assert loop.petition.questions.get().answer == "晚上八点"

    def test_answering_twice_says_that_no_question_waits(self, client, loop, reporter, grid_worker):
        loop.triage().claim()
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几点在家？", at=loop._next())
        client.post(ticket_url(reporter, "answer/"), {"answer": "晚上八点"})

        response = client.post(ticket_url(reporter, "answer/"), {"answer": "九点"})

        assert response.status_code == 409
        assert loop.petition.questions.get().answer == "晚上八点"

    @pytest.mark.parametrize("rest", ["add/", "correct/", "withdraw/", "answer/"])
    def test_closed_matter_can_only_be_read(self, client, loop, reporter, rest):
        loop.triage().claim().resolve().feed_back().publish().judge()
        before = PetitionEvent.objects.count()

        response = client.post(ticket_url(reporter, rest), {"text": "x", "answer": "x", "reason": "x"})

        assert response.status_code == 409
        assert PetitionEvent.objects.count() == before

    def test_script_in_every_field_is_shown_as_text(self, client, petition, reporter):
        client.post(ticket_url(reporter, "correct/"), {"text": SCRIPT, "spot": SCRIPT})
        client.post(ticket_url(reporter, "add/"), {"text": SCRIPT})

        page = client.get(ticket_url(reporter)).content.decode()

        assert SCRIPT not in page
        assert page.count("&lt;script&gt;") >= 3


class TestReceipt:
    def test_paper_is_a_pdf_with_its_number_as_name(self, client, reporter):
        response = client.get(ticket_url(reporter, "receipt.pdf"))

        assert response.content.startswith(b"%PDF-")
        assert reporter.petition.number in response["Content-Disposition"]

    def test_rare_characters_are_marked_on_paper_and_never_dropped(self, diecui):
        from petitions.sheets.paper import Paper

        paper = Paper("x")

        assert paper.words("林\U00020bb7阿姨\U0001f600") == "林〓阿姨〓"
        assert paper.missing == ["\U00020bb7", "\U0001f600"]

    def test_code_and_number_are_large_and_the_draft_is_forgotten(self, client, reporter):
        page = client.get(ticket_url(reporter, "receipt/")).content.decode()

        assert f'ticket__number">{reporter.petition.number}<' in page
        assert 'data-draft-done="file:diecui"' in page


class TestMine:
    def test_needs_an_account(self, client, db):
        assert client.get("/mine/").status_code == 302

    def test_shows_what_was_filed_under_the_account_or_its_verified_phone(self, client, diecui, resident):
        file(diecui, text="用账号反映的", who=person(phone="", user=resident))
        file(diecui, text="用手机号反映的", who=person(phone=resident.phone))
        file(diecui, text="别人反映的", who=person(phone="13700000001"))
        client.force_login(resident)

        page = client.get("/mine/").content.decode()

        assert "用账号反映的" in page
        assert "用手机号反映的" in page
        assert "别人反映的" not in page

    def test_phone_that_was_never_verified_shows_nothing(self, client, diecui, resident):
        type(resident).objects.update(phone_verified=False)
        file(diecui, text="用手机号反映的", who=person(phone=resident.phone))
        client.force_login(resident)

        assert "用手机号反映的" not in client.get("/mine/").content.decode()

    @pytest.mark.parametrize("rows", [3, 30])
    def test_costs_the_same_for_any_number(self, client, diecui, resident, settings, rows):
        settings.FILINGS_PER_PHONE_PER_DAY = 100
        for number in range(rows):
            file(
                diecui,
                text=f"第{number}件",
                who=person(phone=resident.phone),
                at=NOW + timedelta(minutes=number),
            )
        client.force_login(resident)

        with statements() as used:
            page = client.get("/mine/").content.decode()

        assert page.count("card__title") == min(rows, 20)
        assert len(used) == 4


def test_second_round_shows_the_last_answer_as_such(client, loop, reporter):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=False, comment="灯又坏了")

    page = client.get(ticket_url(reporter)).content.decode()

    assert "上一次的答复" in page
    assert "重办" in page
    assert "灯又坏了" in page


def test_settled_on_the_spot_shows_every_step_done(client, diecui, grid_worker):
    petition = file(diecui)
    settling.petition_settle_on_spot(
        petition_id=petition.pk,
        actor=grid_worker,
        outcome="当场换好",
        photos=[photo_image()],
        at=timezone.now(),
    )

    page = client.get(ticket_url(petition.reporters.get())).content.decode()

    assert "办结" in page
