"""Staff sign-in by user name and password, and the admin's permissions, both from current posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import get_adapter
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import actions
from community.duties import Power
from community.permissions import account_of, powers_anywhere, powers_over_all
from core.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Grant:
    """The powers any of which let a person see, or change, the rows of a model in the admin."""

    view: frozenset[Power]
    write: frozenset[Power]
    binds_all: bool = False
    """Whether its rows bind every community, so that only a post over all of them may change one."""


GRANTS: Final[dict[str, Grant]] = {}


def grant(model: str, *, view: Iterable[Power], write: Iterable[Power] = (), binds_all: bool = False) -> None:
    """Open a model (`app.model`) in the admin to whoever holds one of these powers; called when ready."""
    GRANTS[model.lower()] = Grant(frozenset(view) | frozenset(write), frozenset(write), binds_all)


class PostBackend(ModelBackend):
    """Signs staff in, and answers `has_perm` from posts: one statement a request, whatever is asked."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_credentials: Any,
    ) -> User | None:
        """The member of staff with this password; each try counts against its network and the account."""
        if not username or not password:
            return None
        user = User.objects.filter(username=username, is_staff=True).first()
        if user is None:
            User().set_password(password)  # the same work as for an account that exists
            return None
        address = get_adapter().get_client_ip(request) if request else ""
        if not actions.sign_in_try(user=user, address=address, at=timezone.now()):
            raise PermissionDenied  # stops every back end
        if not user.check_password(password) or not self.user_can_authenticate(user):
            return None
        actions.sign_in_clear(user=user, address=address)
        return user

    def get_user(self, user_id: Any) -> User | None:
        """The account behind a session, while it may still be used."""
        user = account_of(user_id, at=timezone.now())
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:  # noqa: ARG002
        """Whether some current post opens this model; which rows of it is the queryset's business."""
        app, _, codename = perm.partition(".")
        verb, _, model = codename.partition("_")
        known = GRANTS.get(f"{app}.{model}")
        if known is None or not user_obj.is_staff:
            return False
        wanted, at = known.view if verb == "view" else known.write, timezone.now()
        if not wanted & powers_anywhere(user_obj, at):
            return False
        anywhere = verb == "view" or not known.binds_all
        return anywhere or bool(wanted & powers_over_all(user_obj, at))

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        models = (model.partition(".")[2] for model in GRANTS if model.startswith(f"{app_label}."))
        return any(self.has_perm(user_obj, f"{app_label}.view_{model}") for model in models)

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        verbs = ("view", "add", "change", "delete")
        names = (f"{app}.{verb}_{model}" for app, model in (m.split(".") for m in GRANTS) for verb in verbs)
        return {name for name in names if self.has_perm(user_obj, name, obj)}
