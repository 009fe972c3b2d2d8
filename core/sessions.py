"""Sessions in the database, as Django keeps them, and read by a statement that is written once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import MOMENT, Prepared

READ: Final = Prepared(
    lambda key, at: (
        Session.objects.filter(session_key=key, expire_date__gt=at).order_by().values_list("session_data")
    ),
    key="<key>",
    at=MOMENT,
)


class SessionStore(db.SessionStore):
    """What every request of a signed-in person begins with."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        found = READ.rows(key=self.session_key, at=timezone.now())
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])
