"""Every page of the portal, by the name of its address, and who looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final

from django.db.models import Q
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from community.duties import Power
from community.permissions import powers_anywhere
from community.selectors.accounts import password_link
from core.models import User
from grids.models import ActionTask, CareSubject, DrillFinding, Patrol, ResidentTag, StandingVisit, Violation
from grids.selectors.action_plans import plans_shown
from grids.selectors.applications import applications_of
from grids.selectors.campaigns import campaigns_of
from grids.selectors.diary import diary_of
from grids.selectors.emergency import plans_of
from grids.selectors.entries import held_for
from grids.selectors.errands import errands_of
from grids.selectors.hazards import hazards_of
from grids.selectors.meters import cycles_of
from grids.selectors.needs import needs_of
from grids.selectors.sweeps import sweeps_of
from grids.selectors.whistles import whistles_of
from grids.selectors.winter import safety_visits_of
from petitions.models import DeliberationSession, Participant, PersuasionTask, Petition, Poll, Resolution
from petitions.selectors import links
from petitions.selectors.corners import corners_in_reach
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import possible_steps
from tests.browser.world import World

LED: Final = ("grids:team", "grids:watch", "grids:watch_late", "grids:orphans")
PATROL: Final = (
    *("grids:patrol", "grids:patrol_start", "grids:patrol_check_in", "grids:patrol_note", "grids:patrol_end"),
)
ELSEWHERE: Final = {
    "grids:meter_new": "_meters",
    "grids:walked": "test_walkers_without_signal",
    "grids:company_hazards": "test_company",
    "grids:held_list": "_held",
    "grids:action_plans": "_actions",
    **dict.fromkeys(("grids:whistles", "grids:whistle_new"), "_whistles"),
    **dict.fromkeys((*LED, *PATROL), "_walks"),
    "admin:login": "test_sign_in_of_staff_is_sound",
    "styleguide": "test_styleguide",
    "account_confirm_login_code": "test_answers",
    "account_reauthenticate": "test_second_factor",
    "mfa_authenticate": "test_second_factor",
    "mfa_index": "test_second_factor",
    "mfa_activate_totp": "test_second_factor",
    "mfa_deactivate_totp": "test_second_factor",
    "mfa_view_recovery_codes": "test_second_factor",
    "mfa_generate_recovery_codes": "test_second_factor",
    "mfa_reauthenticate": "test_second_factor",
}
"""Pages that are looked at elsewhere, because one gets there by a way of one's own."""
DESK: Final = ("styleguide_desk", "admin:index", "admin:password_change", "admin:password_change_done")
OF_ACCOUNTS: Final = ("account_email", "account_logout", "core:inbox")
OF_RESIDENTS: Final = (
    *OF_ACCOUNTS,
    "personal_data",
    "personal_erase",
    "petitions:mine",
    "grids:responsible",
    "grids:where",
    "grids:calls",
    "grids:action_tasks",
    "grids:meter_shares",
    "grids:applications_mine",
    "community:chooser",
)
OF_STAFF: Final = (
    *OF_ACCOUNTS,
    "petitions:today",
    "petitions:work_new",
    "petitions:stool_new",
    "petitions:resolutions",
    "petitions:visits",
    "petitions:work_search",
    "grids:homes",
    "grids:charges",
    "grids:visit_new",
    "grids:errands",
    "grids:errand_new",
    "grids:diary",
    "grids:diary_new",
    "grids:applications",
    "grids:meters",
    "grids:needs",
    "grids:need_new",
    "grids:hazards",
    "grids:hazard_new",
    "grids:register",
    "grids:children",
    "grids:campaigns",
    "grids:sweeps",
    "grids:plans",
    "grids:winter",
    "grids:safety_visit",
    "grids:gifts",
    "grids:gift",
    "grids:care_visit",
)
LINK: Final = re.compile(r'<a[^>]+href="([^"#]+)"')


def named(
    patterns: Iterable[URLPattern | URLResolver], space: str = "", path: str = ""
) -> Iterator[tuple[str, str]]:
    """Name and pattern of every address."""
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named(pattern.url_patterns, inner, here)
        elif pattern.name:
            yield f"{space}{pattern.name}", here


def argless() -> set[str]:
    """The names of the addresses that take no arguments."""
    known = named(get_resolver().url_patterns)
    return {name for name, path in known if not re.search(r"[<(]", path) and not path.startswith("api/v1/")}


def _invited(world: World) -> Iterable[Participant]:
    return Participant.objects.filter(session=world.sessions[0]).order_by("pk")


def strangers(world: World) -> dict[str, list[tuple[str, ...]]]:
    """What anybody may open, with arguments; also what is answered with an error."""
    slug = world.town.community.slug
    here: list[tuple[str, ...]] = [(slug,)]
    ticket = {
        name: (links.ticket_token(world.reporter(name)),)
        for name in world.matters
        if not name.startswith("old")
    }
    judge = [(_judgement(world, name),) for name in ("shown", "archived", "reopened")]
    known = [
        (slug, world.number(name))
        for name in ("received", "titled", "urged", "shown", "archived", "lasting", "old_public")
    ]
    return {
        "community:chooser": [()],
        "community:home": [*here, ("fuxi",)],
        "community:about": here,
        "community:estates": here,
        "community:estate": [(slug, str(world.town.estate.pk))],
        "community:guide": [*here, ("fuxi",)],
        "community:guide_item": [(slug, str(world.item.pk))],
        "petitions:file": here,
        "petitions:ask": [(slug, str(world.item.pk))],
        "petitions:file_at": [(slug, world.point.token), (slug, world.snap_point.token), (slug, "forged")],
        "petitions:track_here": here,
        "petitions:privacy": here,
        "petitions:echo_wall": [*here, ("fuxi",)],
        "petitions:services_born": [*here, ("fuxi",)],
        "petitions:problem_wall": [*here, ("fuxi",)],
        "petitions:matter": [*known, (slug, "20200101-0001")],
        "petitions:join": [(slug, world.number("titled"))],
        "petitions:joined": [(slug, world.number("titled"))],
        "petitions:track": [()],
        "petitions:code_lost": [()],
        "petitions:ticket": [*(ticket[name] for name in TICKETS), ("forged",)],
        "petitions:receipt": [ticket["received"], ticket["anonymous"]],
        "petitions:ticket_add": [ticket["received"]],
        "petitions:ticket_correct": [ticket["received"]],
        "petitions:ticket_withdraw": [ticket["received"]],
        "petitions:own": [ticket["received"]],
        "petitions:own_data": [ticket["anonymous"]],
        "petitions:own_erase": [ticket["anonymous"]],
        "personal_erased": [()],
        "petitions:judgement": [*judge, ("forged",)],
        "petitions:sessions": [*here, ("fuxi",)],
        "petitions:sessions_past": [*here, ("fuxi",)],
        "petitions:session": [(slug, str(session.pk)) for session in world.sessions],
        "petitions:session_propose": [(slug, str(world.sessions[0].pk))],
        "petitions:session_join": [(slug, str(world.sessions[0].pk))],
        "petitions:invitation": [(links.invitation_path(one).split("/")[2],) for one in _invited(world)],
        "petitions:session_sign_in": [(world.sessions[0].code,), ("forged",)],
        "petitions:figures": [*here, ("fuxi",)],
        "petitions:polls": [*here, ("fuxi",)],
        "petitions:poll": [(slug, poll.pk) for poll in world.polls],
        "petitions:projects": [*here, ("fuxi",)],
        "petitions:project": [(slug, project.pk) for project in world.projects],
        "petitions:drawing": [(slug, plan.project_id, plan.pk) for plan in world.drawings],
        "grids:waiting": [()],
        "account_login": [()],
        "account_request_login_code": [()],
        "account_inactive": [()],
        "password_set": [(password_link(world.worker).rstrip("/").rpartition("/")[2],), ("forged",)],
        "api_docs": [()],
        "broken": [()],
    }


TICKETS: Final = (
    "received",
    "helped",
    "claimed",
    "asked",
    "paused",
    "overdue",
    "urged",
    "shown",
    "archived",
    "reopened",
    "returned",
    "handed_on",
    "withdrawn",
    "merged",
)


def residents() -> list[str]:
    """What a signed-in resident has besides."""
    here = ("community:home", "petitions:file", "petitions:echo_wall", "petitions:polls")
    vote = [reverse("petitions:poll_vote", args=["diecui", poll.pk]) for poll in Poll.objects.public()]
    own = [reverse(name) for name in OF_RESIDENTS] + [reverse(name, args=["diecui"]) for name in here]
    return [*own, *vote]


def handling(user: User) -> list[str]:
    """What somebody in post works on: today, one matter of each kind, and one example of each step."""
    at = timezone.now()
    kinds: dict[object, str] = {}
    for petition in Petition.objects.visible_to(user, at=at).order_by("pk"):
        steps = possible_steps(matter_of(user, number=petition.number, at=at), user, at)
        kinds.setdefault((petition.stage, petition.origin, *steps), links.work_path(petition))
        for step in steps:
            kinds.setdefault(step, reverse("petitions:work_step", args=[petition.number, step]))
    own = Resolution.objects.filter(Q(responsible=user) | Q(supervisor=user)).order_by("pk")
    for decided in own:
        kinds.setdefault(("resolution", decided.state), links.resolution_path(decided))
    for corner in corners_in_reach(user, at=at):
        for session in DeliberationSession.objects.filter(corner=corner):
            kinds["stool"] = links.stool_path(session)
            for note in session.agenda.filter(petition=None):
                kinds["note"] = reverse("petitions:stool_note", args=[session.pk, note.pk])
    own = [
        *_talks(user),
        *_held(user),
        *_homes(user),
        *_errands(user),
        *_needs(user),
        *_diary(user),
        *_meters(user),
        *_applications(user),
        *_hazards(user),
        *_whistles(user),
        *_actions(user),
        *_walks(user),
        *_marked(user),
    ]
    return [*(reverse(name) for name in OF_STAFF), *kinds.values(), *own]


def _homes(user: User) -> list[str]:
    """A door that somebody visits again and again."""
    doors = [row.household_id for row in StandingVisit.objects.all()]
    return [reverse(f"grids:{name}", args=[door]) for door in doors for name in ("home", "visit", "bikes")]


def _errands(user: User) -> list[str]:
    """An errand in each state, and its steps."""
    found = {errand.state: errand.pk for errand in errands_of(user, at=timezone.now()).order_by("pk")}
    pages = [reverse("grids:errand", args=[pk]) for pk in found.values()]
    steps = ("done", "told", "move")
    return [
        *pages,
        *(reverse(f"grids:errand_{step}", args=[pk]) for pk in [*found.values()][:1] for step in steps),
    ]


def _applications(user: User) -> list[str]:
    """One under way and one granted, the form of a new one, and each step."""
    rows = applications_of(user, at=timezone.now()).order_by("pk")
    pages = [reverse("grids:application", args=[one.pk]) for one in rows]
    new = [reverse("grids:application_new", args=[one.household_id]) for one in rows[:1]]
    steps = ("done", "told", "end")
    return [
        *pages,
        *new,
        *(reverse("grids:application_step", args=[one.pk, step]) for one in rows[:1] for step in steps),
    ]


def _meters(user: User) -> list[str]:
    """A round that is shared and one that goes on, a door of it, and the form of a new one for who leads."""
    found = {cycle.shared_at is None: cycle for cycle in cycles_of(user, at=timezone.now()).order_by("pk")}
    pages = [reverse("grids:meter_cycle", args=[cycle.pk]) for cycle in found.values()]
    doors = [
        reverse("grids:meter_read", args=[one.cycle_id, one.pk])
        for cycle in found.values()
        for one in cycle.readings.all()[:1]
    ]
    leads = Power.GRID_RUN in powers_anywhere(user, timezone.now())
    return [*pages, *doors, *([reverse("grids:meter_new")] if leads else [])]


def _diary(user: User) -> list[str]:
    """An entry that waits and one that became a matter, and the way there."""
    found = {entry.settled_as: entry.pk for entry in diary_of(user, at=timezone.now()).order_by("pk")}
    pages = [reverse("grids:diary_entry", args=[pk]) for pk in found.values()]
    return [*pages, *(reverse("petitions:diary_petition", args=[pk]) for pk in found.values())]


def _needs(user: User) -> list[str]:
    """A need in each state, and each step."""
    found = {need.state: need.pk for need in needs_of(user, at=timezone.now()).order_by("pk")}
    pages = [reverse("grids:need", args=[pk]) for pk in found.values()]
    steps = ("respond", "up", "solve", "close", "move")
    shown = [reverse("grids:need_step", args=[pk, step]) for pk in [*found.values()][:1] for step in steps]
    return [*pages, *shown]


def _hazards(user: User) -> list[str]:
    """A hazard in each state, and each step."""
    found = {hazard.state: hazard.pk for hazard in hazards_of(user, at=timezone.now()).order_by("pk")}
    pages = [reverse("grids:hazard", args=[pk]) for pk in found.values()]
    steps = ("done", "recheck", "move")
    shown = [reverse("grids:hazard_step", args=[pk, step]) for pk in [*found.values()][:1] for step in steps]
    asked = [reverse("petitions:hazard_petition", args=[pk]) for pk in [*found.values()][:1]]
    looked = [reverse("grids:campaign", args=[one.pk]) for one in campaigns_of(user, at=timezone.now())]
    again = Violation.objects.filter(pk__in=found.values(), look_on__lte=timezone.localdate())
    looks = [reverse("grids:hazard_step", args=[one.pk, "look"]) for one in again[:1]]
    swept = [
        reverse(f"grids:{name}", args=[one.pk])
        for one in sweeps_of(user, at=timezone.now())
        for name in ("sweep", "stop_record")
    ]
    kept = list(plans_of(user, at=timezone.now())[:2])
    drilled = [reverse(f"grids:{name}", args=[one.pk]) for one in kept for name in ("plan", "drill_new")]
    open_ones = DrillFinding.objects.filter(settled_at=None, drill__plan__in=kept)
    findings = [reverse("grids:finding_hazard", args=[one.pk]) for one in open_ones[:1]]
    left = safety_visits_of(user, at=timezone.now())[:1]
    colds = [f"{reverse('grids:safety_visit')}?visit={one.pk}" for one in left]
    return [*pages, *shown, *asked, *looked, *looks, *swept, *drilled, *findings, *colds]


def _marked(user: User) -> list[str]:
    """Somebody with marks, and what can be done about a mark."""
    tags = list(ResidentTag.objects.in_force().order_by("pk")[:2])
    people = [
        reverse(f"grids:{name}", args=[tag.resident_id]) for tag in tags for name in ("person", "tag_new")
    ]
    steps = (
        "visit",
        "colour",
        "close",
        *(("pair",) if Power.GRID_RUN in powers_anywhere(user, timezone.now()) else ()),
    )
    cared = list(CareSubject.objects.filter(closed_at=None).order_by("pk")[:1])
    people += [reverse("grids:care_new", args=[one.resident_id]) for one in cared]
    people += [reverse("grids:care_file", args=[one.pk]) for one in cared]
    people += [reverse("grids:care_step", args=[one.pk, step]) for one in cared for step in steps]
    ends = [reverse("grids:tag_step", args=[tag.pk, step]) for tag in tags for step in ("end", "recheck")]
    return [reverse("grids:register") + "?mark=all", *people, *ends]


def _actions(user: User) -> list[str]:
    """Plans of departments, one of them, and a task to report on."""
    plans = [one.plan for one in plans_shown(user, at=timezone.now())]
    tasks = ActionTask.objects.open().filter(measure__plan__in=plans).order_by("pk")[:1]
    reports = Power.GRID_RUN in powers_anywhere(user, timezone.now())
    return [
        reverse("grids:action_plans"),
        *(reverse("grids:action_plan", args=[plan.pk]) for plan in plans),
        *(reverse("grids:action_task_done", args=[one.pk]) for one in tasks if reports),
    ]


def _whistles(user: User) -> list[str]:
    """Calls of those who may call."""
    if Power.GRID_RUN not in powers_anywhere(user, timezone.now()):
        return []
    rows = [reverse("grids:whistle", args=[one.pk]) for one in whistles_of(user, at=timezone.now())]
    return [reverse("grids:whistles"), reverse("grids:whistle_new"), *rows]


def _held(user: User) -> list[str]:
    """What waits for a leader's decision."""
    if Power.GRID_RUN not in powers_anywhere(user, timezone.now()):
        return []
    entries = held_for(user, at=timezone.now())
    return [reverse("grids:held_list"), *(reverse("grids:held", args=[entry.pk]) for entry in entries)]


def _walks(user: User) -> list[str]:
    """Patrols of those who walk, and the day of those who lead."""
    powers = powers_anywhere(user, timezone.now())
    own = [reverse(name) for name in PATROL] if Power.GRID_PATROL in powers else []
    own += [reverse("grids:patrol_walk", args=[one.pk]) for one in Patrol.objects.filter(worker=user)[:1]]
    return [*own, *(map(reverse, LED) if Power.GRID_RUN in powers else ())]


def _talks(user: User) -> list[str]:
    """Where somebody talks to a household."""
    return [
        path
        for task in PersuasionTask.objects.filter(talker=user)
        for path in (
            links.persuasion_path(task),
            *(reverse("petitions:persuasion_step", args=[task.pk, step]) for step in ("note", "end")),
        )
    ]


def desk(client: Client) -> dict[str, str]:
    """One page of each kind below the desk, found by following its links as the person of `client`."""
    found: dict[str, str] = {}
    waiting = [reverse(name) for name in DESK]
    while waiting:
        path = waiting.pop(0)
        name = _name(path)
        if name in found or not (name.startswith("admin:") or name in DESK):
            continue
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        found[name] = path
        linked = (unescape(link) for link in LINK.findall(answer.content.decode()))
        waiting += [
            _absolute(path, link) for link in linked if not link.startswith(("http", "mailto", "tel"))
        ]
    return found


def _absolute(path: str, link: str) -> str:
    bare = link.partition("?")[0]
    return bare if bare.startswith("/") else f"{path}{bare}"


def _name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def _judgement(world: World, name: str) -> str:
    return links.judgement_path(world.evaluation(name)).strip("/").rpartition("/")[2]
