"""Run inside the portal that is drilled: a community, people in post, matters whose reminders are due. Prints JSON."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.utils import timezone  # noqa: E402

from community import actions  # noqa: E402
from community.duties import Duty  # noqa: E402
from community.models.place import PlaceKind  # noqa: E402
from core.models import User  # noqa: E402
from petitions.actions.filing import petition_file  # noqa: E402
from petitions.models import Petition  # noqa: E402
from tests.cast import NOW, make_staff, make_town  # noqa: E402
from tests.petitions.loop import person, report  # noqa: E402

REMINDED = 20


def session_of(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


county = actions.place_create(kind=PlaceKind.COUNTY, name="河津市", parent=None, at=NOW)
street = actions.place_create(kind=PlaceKind.SUBDISTRICT, name="清涧街道", parent=county, at=NOW)
town = make_town("jiwang", "稷王社区", street)
worker = make_staff("worker", "王网格", Duty.GRID_WORKER, town.grids[0].place)
make_staff("secretary", "郑书记", Duty.SECRETARY, town.place)
now = timezone.now()
for number in range(REMINDED):
    petition_file(
        community=town.community,
        report=report(town),
        person=person(phone=f"137000000{number:02}"),
        key=uuid4(),
        actor=None,
        at=now - timedelta(days=40),
    )
Petition.objects.update(sweep_at=now)
sys.stdout.write(
    json.dumps(
        {"place": town.buildings[0].pk, "session": session_of(worker), "cookie": settings.SESSION_COOKIE_NAME}
    )
)
