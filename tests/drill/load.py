"""People who file, a worker who claims, and a phone that brings what it kept: each tries again until answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2

from bench import floors
from bench.client import Client

UNCLAIMED = """
    SELECT number FROM petitions_petition WHERE claimed_at IS NULL AND NOT number = ANY(%s) ORDER BY id DESC LIMIT 1
"""
FAILURES = (OSError, http.client.HTTPException, psycopg2.Error)


@dataclass
class Load:
    """Runs until it is stopped. `filed` holds the key of every form that was accepted, `claimed` every number,
    `brought` the id of every entry."""

    port: int
    database: str
    seeded: dict[str, str]
    filed: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    brought: set[str] = field(default_factory=set)
    failures: int = 0

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._file, args=[n], daemon=True) for n in range(2)]
        self._threads += [threading.Thread(target=each, daemon=True) for each in (self._claim, self._bring)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new forms; those under way are still brought to an end."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _file(self, lane: int) -> None:
        count = 0
        while not self._over.is_set():
            count += 1
            key, phone = str(uuid4()), f"139{lane}{count:07}"
            form = {
                "text": f"第{count}盏楼道灯不亮。",
                "place": str(self.seeded["place"]),
                "topic": "lamp",
                "name": "林阿姨",
            }
            form |= {"phone": phone, "consent": "on", "key": key, "decision": "new"}
            if self._until_answered(lambda form=form: self._sent(form)):
                self.filed[key] = phone

    def _sent(self, form: dict[str, str]) -> bool:
        client = Client(self.port)
        client.get("/jiwang/file/")
        return client.post_form("/jiwang/file/", form).status == 302

    def _bring(self) -> None:
        photo = floors.picture(240, 180)
        while not self._over.is_set():
            now = datetime.now(UTC).isoformat()
            about = {"id": str(uuid4()), "kind": "petitions.filing", "captured_at": now, "sent_at": now}
            entry = {
                **{f"entry.{name}": value for name, value in about.items()},
                "community": "jiwang",
                "place": str(self.seeded["place"]),
                "text": "巡查发现井盖松动。",
                "channel": "patrol",
            }
            if self._until_answered(lambda entry=entry: self._landed(entry, photo)):
                self.brought.add(about["id"])

    def _landed(self, entry: dict[str, str], photo: bytes) -> bool:
        client = Client(self.port, {self.seeded["cookie"]: self.seeded["session"]})
        client.get("/work/new/")
        return client.post_form("/work/entries/", entry, {"photos": photo}).status == 201

    def _claim(self) -> None:
        while not self._over.wait(0.2):
            self._until_answered(self._claimed)

    def _claimed(self) -> bool:
        with psycopg2.connect(self.database) as connection, connection.cursor() as cursor:
            cursor.execute(UNCLAIMED, [sorted(self.claimed)])
            row = cursor.fetchone()
        connection.close()
        if row is None:
            return True
        client = Client(self.port, {self.seeded["cookie"]: self.seeded["session"]})
        client.get(f"/work/{row[0]}/")
        answer = client.post_form(f"/work/{row[0]}/claim/", {})
        if answer.status == 302:
            self.claimed.add(row[0])
        return answer.status == 302

    def _until_answered(self, call: Callable[[], bool]) -> bool:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if call():
                    return True
            except FAILURES:
                pass
            self.failures += 1
            time.sleep(0.2)
        return False
