"""Every form of every step: script comes back as text, too much is refused, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from petitions.forms.steps import STEP_FORMS, step_form
from petitions.models import Petition, PetitionEvent, PetitionPhoto, PetitionReporter
from petitions.selectors import links
from petitions.selectors.matter import matter_of
from tests.core.test_uploads import png_header
from tests.petitions.loop import Loop, file
from tests.petitions.pages import SCRIPT, filing, picture

WORDS = sorted(
    name
    for name, form in STEP_FORMS.items()
    if any(type(field).__name__ in {"CharField", "WordsField"} for field in form.base_fields.values())
)
BAD_PHOTOS = {
    "svg": ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "zip bomb": ("bomb.jpg", b"PK\x03\x04" + b"\0" * 4096),
    "200 megapixels": ("huge.png", png_header(20_000, 10_000)),
    "renamed text": ("note.jpg", "这不是照片".encode()),
}


def typed(step: str, words: str, *, petition: Petition, actor: Any) -> dict[str, Any]:
    """What a browser would send for this step, with `words` in every text field and the first choice elsewhere."""
    matter = matter_of(actor, number=petition.number, at=timezone.now())
    form = step_form(step, None, None, matter=matter, actor=actor, at=timezone.now())
    sent: dict[str, Any] = {}
    for name, field in form.fields.items():
        if type(field).__name__ in {"CharField", "WordsField"}:
            sent[name] = words
        elif isinstance(field, forms.ChoiceField):
            sent[name] = next((str(value) for value, _label in field.choices if value != ""), "")
        elif isinstance(field, forms.DateField):
            sent[name] = "2026-11-20"
        elif isinstance(field, forms.IntegerField):
            sent[name] = "5"
        elif isinstance(field, forms.BooleanField):
            sent[name] = "on"
    return sent


def rows() -> list[Any]:
    return [list(Petition.objects.values()), list(PetitionEvent.objects.values())]


@pytest.fixture
def matter(diecui) -> Petition:
    return file(diecui, at=timezone.now())


def addresses(petition: Petition, step: str) -> list[str]:
    """The step in a worker's pages and at the desk."""
    return [
        reverse("petitions:work_step", args=[petition.number, step]),
        reverse("admin:petitions_petition_step", args=[petition.pk, step]),
    ]


def test_ten_thousand_characters_with_script_are_refused_as_text_and_change_nothing(
    client, matter, secretary
):
    client.force_login(secretary)
    before = rows()

    answers = [
        (step, client.post(address, typed(step, SCRIPT + "字" * 10_000, petition=matter, actor=secretary)))
        for step in WORDS
        for address in addresses(matter, step)
    ]

    assert len(answers) > 20
    for step, answer in answers:
        assert answer.status_code == 422, step
        assert SCRIPT not in answer.content.decode(), step
        assert "&lt;script&gt;" in answer.content.decode(), step
    assert rows() == before


def test_what_is_no_photo_is_refused_at_work(client, matter, secretary, grid_worker):
    Loop(matter, desk=secretary, worker=grid_worker, at=timezone.now()).triage().claim()
    client.force_login(grid_worker)
    before = rows()
    address = reverse("petitions:work_step", args=[matter.number, "resolve"])

    answers = {
        what: client.post(
            address,
            {"outcome": "修好了", "photos": SimpleUploadedFile(name, content, content_type="image/jpeg")},
        ).status_code
        for what, (name, content) in BAD_PHOTOS.items()
    }

    assert set(answers.values()) == {422}
    assert rows() == before
    assert not PetitionPhoto.objects.exists()


def test_script_in_every_word_of_the_loop_is_text_on_every_page(
    client, diecui, secretary, grid_worker, resident
):
    """One matter all the way round with script wherever somebody types; then every page that shows it."""
    client.post(
        "/diecui/file/", filing(diecui, text=SCRIPT, spot=SCRIPT, name=SCRIPT[:40], on_behalf_of=SCRIPT[:40])
    )
    petition = Petition.objects.get()
    reporter = PetitionReporter.objects.get()
    ticket = links.ticket_path(reporter)
    client.post(f"{ticket}add/", {"text": SCRIPT})

    def take(who: Any, step: str, **fields: Any) -> None:
        client.force_login(who)
        sent = typed(step, SCRIPT, petition=petition, actor=who)
        response = client.post(
            reverse("petitions:work_step", args=[petition.number, step]), {**sent, **fields}
        )
        assert response.status_code == 302, (step, response.content.decode()[-3000:])

    take(
        secretary,
        "triage",
        scale="1",
        difficulty="1",
        social_impact="1",
        severity="",
        route="self_help",
        due_at="",
        assignee="",
    )
    take(grid_worker, "claim")
    take(grid_worker, "progress", photos=picture())
    take(grid_worker, "ask")
    client.logout()
    client.post(f"{ticket}answer/", {"answer": SCRIPT})
    take(grid_worker, "pause")
    shown(client, petition, ticket, secretary, grid_worker)
    take(grid_worker, "resume")
    take(secretary, "regrade", severity="", due_at="")
    take(grid_worker, "resolve", photos=picture())
    take(secretary, "feed-back")
    take(secretary, "publish", question=f"问 {SCRIPT}", before="")
    shown(client, petition, ticket, secretary, grid_worker)
    evaluation = petition.evaluations.get()
    client.post(links.judgement_path(evaluation), {"satisfied": "no", "comment": SCRIPT})
    shown(client, petition, ticket, secretary, grid_worker)


def shown(client: Any, petition: Petition, ticket: str, *staff: Any) -> None:
    """No page of anybody carries the script as such."""
    open_pages = [
        "/diecui/",
        "/diecui/wall/",
        "/diecui/problems/",
        f"/diecui/matters/{petition.number}/",
        ticket,
        f"{ticket}receipt/",
        f"{ticket}correct/",
    ]
    desk = [
        *("/today/", "/inbox/", f"/work/{petition.number}/"),
        reverse("admin:index"),
        reverse("admin:petitions_petition_changelist") + "?queue=all",
        reverse("admin:petitions_petition_change", args=[petition.pk]),
        reverse("admin:petitions_petition_day"),
        *(reverse("petitions:work_step", args=[petition.number, step]) for step in STEP_FORMS),
    ]
    client.logout()
    assert client.get(f"{ticket}receipt.pdf").status_code == 200
    for path in open_pages:
        assert SCRIPT not in client.get(path).content.decode(), path
    for who in staff:
        client.force_login(who)
        for path in desk:
            response = client.get(path)
            assert response.status_code in {200, 302, 403}, (path, response.status_code)
            assert SCRIPT not in response.content.decode(), path
        assert SCRIPT not in client.post(f"/work/{petition.number}/phones/").content.decode()


def test_page_key_that_was_tampered_with_is_refused_in_words(client, diecui):
    page = client.post("/diecui/file/", {**filing(diecui, decision="new"), "key": "1 OR 1=1"})

    assert page.status_code == 422
    text = page.content.decode()
    assert "这一页不完整，或已经过时。请重新打开这一页再填。" in text
    assert "Key" not in text
    assert not Petition.objects.exists()
