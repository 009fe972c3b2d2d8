"""Tries of a password are counted; residents' accounts open and join the roll by phone."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from community.actions.account import leave_trace
from community.models import Resident, SignInGuard
from core import ratelimits
from core.audit import record
from core.models import User

MAX_TRIES: Final = 8
"""From one network within the window; the owner elsewhere has as many."""
WINDOW_SECONDS: Final = 15 * 60
CEILING: Final = 60
"""Wrong tries from everywhere in a row, after which each network has one try a minute."""
SLOW_FOR: Final = timedelta(hours=1)


def sign_in_try(*, user: User, address: str, at: datetime) -> bool:
    """Count one try of a password before it is checked; False where this network has none left.

    Nobody locks somebody else out by typing their name (decision 0016).
    """
    network = _network(user, address)
    if not ratelimits.allows("sign_in", network, limit=MAX_TRIES, seconds=WINDOW_SECONDS):
        return False
    if not _is_slow_after_try(user, at):
        return True
    return ratelimits.allows("sign_in.slow", network, limit=1, seconds=60)


def sign_in_clear(*, user: User, address: str) -> None:
    """Forget wrong tries after the right password."""
    ratelimits.forget("sign_in", _network(user, address))
    SignInGuard.objects.filter(user=user).update(failures=0)


def _network(user: User, address: str) -> str:
    """The account as tried from one network; with another password the count begins anew."""
    return ratelimits.from_network(f"{user.pk}/{user.password[-16:]}", address)


@transaction.atomic
def _is_slow_after_try(user: User, at: datetime) -> bool:
    """Count one try from anywhere. The row is locked, so tries at once count one after the other."""
    SignInGuard.objects.get_or_create(user=user)
    guard = SignInGuard.objects.select_for_update().get(user=user)
    if guard.locked_until is not None and guard.locked_until > at:
        return True
    guard.failures += 1
    if guard.failures > CEILING:
        guard.failures, guard.locked_until = 0, at + SLOW_FOR
        leave_trace("account.slowed", user, None, at)
    guard.save(update_fields=["failures", "locked_until"])
    return guard.failures == 0


def resident_account_open(*, phone: str) -> User | None:
    """The account that a resident signs in to with this number, made when there is none yet.

    None for a number of the staff, who sign in with a password. The number counts as theirs only once
    the code that was sent to it has come back.
    """
    user, _created = User.objects.get_or_create(
        phone=phone, defaults={"password": "!" + secrets.token_hex(20)}
    )
    return None if user.is_staff else user


@transaction.atomic
def resident_account_verify(*, user: User, phone: str, at: datetime) -> User:
    """Note that the number is theirs, and join the account to the one resident on the roll who has it."""
    is_first = not user.phone_verified
    if is_first:
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])
    if not Resident.objects.filter(user=user).exists():
        _join_roll(user, phone, at)
    if is_first:
        leave_trace("account.phone_verified", user, user, at, fields=["phone_verified"])
    return user


def _join_roll(user: User, phone: str, at: datetime) -> None:
    """Join the account to the resident on the roll with this number, if there is one and one only."""
    matching = list(Resident.objects.present().filter(phone=phone).select_related("household__place")[:2])
    if len(matching) == 1 and matching[0].user_id is None:
        resident = matching[0]
        resident.user = user
        resident.save(update_fields=["user"])
        if not user.display_name:
            user.display_name = resident.name
            user.save(update_fields=["display_name"])
        path = resident.household.place.path
        record(event="resident.joined", actor=user, subject=resident, at=at, scope_path=path, fields=["user"])


def resident_accounts_sweep(*, at: datetime) -> int:
    """Drop accounts that a number was typed for and whose code never came back within a day."""
    stale = User.objects.filter(
        is_staff=False,
        phone_verified=False,
        last_login__isnull=True,
        username__isnull=True,
        posts__isnull=True,
        resident__isnull=True,
        date_joined__lt=at - timedelta(days=1),
    )
    _count, by_model = stale.delete()
    return by_model.get("core.User", 0)
