"""收事 by joining: a neighbour is counted once, and a typed phone tells a stranger nothing."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from core.errors import ConflictError, NotFoundError
from core.models import OutboxMessage
from petitions.actions import joining
from petitions.models import Petition, PetitionReporter
from petitions.selectors import links
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.loop import file, person, photo_image
from tests.petitions.pages import filing, picture, send, statements

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
BEHIND, NEW = "13912345678", "13700000001"
"""The phone that filed the matter of these tests, and one that has nothing to do with it."""


def join(petition, *, key=None, words="我家也是", **fields):
    who = fields.pop("who", None) or person(phone=NEW, name="刘叔")
    return joining.petition_join(
        petition_id=petition.pk, person=who, words=words, key=key or uuid4(), at=NOW, **fields
    )


def typed(town, **fields):
    return filing(town, text=None, place=None, topic=None, words="我家也是", **fields)


def codes_sent(phone=BEHIND):
    return OutboxMessage.objects.filter(kind="petition.code", phone=phone).count()


def test_neighbour_who_joins_is_informed_and_counted(petition):
    joined = join(petition)

    petition.refresh_from_db()
    assert petition.reporters_count == 2
    assert OutboxMessage.objects.filter(phone=joined.reporter.phone, kind="petition.received").count() == 1


def test_private_matter_cannot_be_joined(diecui):
    petition = file(diecui, is_private=True)

    with pytest.raises(NotFoundError):
        join(petition)

    assert petition.reporters.count() == 1


@pytest.mark.parametrize("phone", [BEHIND, NEW])
def test_answered_matter_is_refused_to_every_phone_alike(loop, phone):
    loop.triage().claim().resolve().feed_back()

    with pytest.raises(ConflictError, match="已经答复"):
        join(loop.petition, who=person(phone=phone))

    assert loop.petition.reporters.count() == 1


def test_phone_behind_the_matter_stays_there_once_and_gets_its_code_again(petition):
    photo = photo_image()

    join(petition, who=person(phone="139 1234 5678"), words="别人写的话", photos=[photo])

    petition.refresh_from_db()
    assert petition.reporters_count == petition.reporters.count() == 1
    assert not petition.photos.exists()
    assert "别人写的话" not in petition.reporters.get().words
    assert codes_sent() == 1


def test_code_is_sent_again_once_an_hour_however_often_the_phone_is_typed(petition):
    for _n in range(3):
        joined = join(petition, who=person(phone=BEHIND))

    assert joined.shows_receipt is False
    assert codes_sent() == 1


def test_one_form_sent_twice_at_once_counts_once(transactional_db, petition):
    key = uuid4()

    outcomes = at_once([lambda: join(petition, key=key)] * 2)

    assert outcomes[0].reporter == outcomes[1].reporter
    assert PetitionReporter.objects.filter(petition=petition).count() == 2
    assert codes_sent(NEW) == 0


def test_two_forms_with_one_phone_at_once_count_once(transactional_db, petition):
    outcomes = at_once([lambda: join(petition), lambda: join(petition)])

    petition.refresh_from_db()
    assert outcomes[0].reporter == outcomes[1].reporter
    assert petition.reporters_count == petition.reporters.count() == 2


def test_page_is_the_same_whether_the_phone_was_behind_the_matter_or_not(client, diecui, petition):
    address = f"/diecui/matters/{petition.number}/join/"

    answers = [client.post(address, typed(diecui, phone=phone)) for phone in (BEHIND, NEW)]

    pages = [CSRF.sub("", client.get(answer.url).content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert pages[0] == pages[1]
    reporters = PetitionReporter.objects.all()
    assert not any(links.tracking_code(one)[:4] in pages[0] for one in reporters)


def test_form_with_similar_matters_answers_alike_too(client, diecui, petition):
    answers = [
        send(client, diecui, decision=f"join:{petition.number}", phone=phone) for phone in (BEHIND, NEW)
    ]

    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, f"/diecui/matters/{petition.number}/joined/")
    }
    assert Petition.objects.count() == 1


@pytest.mark.parametrize("again", [1, 2])
def test_form_sent_again_tells_no_more_than_the_first_time(client, diecui, petition, again):
    address = f"/diecui/matters/{petition.number}/join/"
    told = []
    for phone in (BEHIND, NEW):
        form = typed(diecui, phone=phone)
        told.append([client.post(address, form) for _n in range(again + 1)][-1])

    assert [answer.status_code for answer in told] == [302, 302]
    assert told[0].url == told[1].url


def test_kept_photos_are_gone_either_way(client, diecui, petition):
    address = f"/diecui/matters/{petition.number}/join/"
    shown = []
    for phone in (BEHIND, NEW):
        refused = client.post(address, typed(diecui, phone="12", photos=[picture()]))
        kept = refused.context["form"].kept_token
        client.post(address, typed(diecui, phone=phone, kept=kept))
        shown.append(client.get(f"/kept/{kept}.jpg").status_code)

    assert shown == [404, 404]


def test_both_answers_take_about_the_same_work(client, diecui, petition):
    address = f"/diecui/matters/{petition.number}/join/"
    counted = []
    for phone in (BEHIND, NEW):
        with statements() as used:
            client.post(address, typed(diecui, phone=phone))
        counted.append(len(used))

    assert abs(counted[0] - counted[1]) <= 4


def test_own_phone_of_an_account_leads_to_its_own_receipt(client, diecui, resident, petition):
    client.force_login(resident)
    address = f"/diecui/matters/{petition.number}/join/"

    answers = [client.post(address, typed(diecui, phone=resident.phone)) for _n in range(2)]

    whose = [answer.url.split(".")[:2] for answer in answers]
    assert whose[0] == whose[1]
    assert "receipt" in answers[0].url
    assert petition.reporters.get(user=resident).phone == resident.phone


def test_list_of_an_account_does_not_tell_whose_phone_was_there(client, diecui, resident, petition):
    client.force_login(resident)
    address = f"/diecui/matters/{petition.number}/join/"

    for phone in (BEHIND, NEW):
        client.post(address, typed(diecui, phone=phone))

    assert petition.number not in client.get("/mine/").content.decode()
    assert not PetitionReporter.objects.filter(user=resident).exists()


def test_page_after_joining_is_for_public_matters_alone(client, diecui, fuxi):
    private, public = file(diecui, is_private=True), file(diecui, who=person(phone=NEW))

    known = client.get(f"/diecui/matters/{public.number}/joined/")
    unknown = [
        client.get(f"/diecui/matters/{private.number}/joined/"),
        client.get(f"/fuxi/matters/{public.number}/joined/"),
    ]

    assert known.status_code == 200
    assert [answer.status_code for answer in unknown] == [404, 404]
