"""The trail is chained in batches, and whatever was done to it behind the portal's back is found."""

from __future__ import annotations

import tracemalloc
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import audit, chain
from core.actions import audit_seal, sealing
from core.logs import Lines
from core.models import AuditEntry, AuditSeal, User
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NO_PATIENCE = timedelta(0)


@pytest.fixture
def trail(user: User, at: datetime) -> list[int]:
    """Nine sealed entries in three seals, with a gap in the numbers before the fifth; their numbers."""
    for index in range(9):
        if index == 4:
            connection.cursor().execute("SELECT nextval(pg_get_serial_sequence('core_auditentry', 'id'))")
        audit.record(event=f"test.line{index}", actor=user, subject=user, at=at, fields=["name"])
        if index % 3 == 2:
            audit_seal(at=at)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def tamper(*statements: str) -> None:
    """What a superuser of the database can do: switch the guards off, and on again."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("core_auditentry", "core_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in ("core_auditentry", "core_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copy_of(entry_id: int, as_id: int) -> str:
    return (
        "INSERT INTO core_auditentry (id, at, event, actor_id, post, subject_type, subject_id, scope_path, audience,"
        f" fields) SELECT {as_id}, at, event, actor_id, post, subject_type, subject_id, scope_path, audience, fields"
        f" FROM core_auditentry WHERE id = {entry_id}"
    )


def broken() -> tuple[str, int]:
    found = chain.verify().broken
    assert found is not None
    return found.flaw, found.entry_id


def test_untouched_trail_is_proved_unbroken(trail: list[int], capsys: Any):
    call_command("verify_audit")

    assert "Unbroken: 9 entries in 3 seals; 0 not sealed yet." in capsys.readouterr().out


def test_trail_without_any_entry_is_unbroken(db: None):
    assert chain.verify() == chain.Proof(0, 0, 0, f"0:{chain.START}", None)


def test_what_is_not_sealed_yet_is_counted(trail: list[int], user: User, at: datetime):
    audit.record(event="test.new", actor=user, subject=user, at=at)

    proof = chain.verify()

    assert (proof.broken, proof.entries, proof.unsealed) == (None, 9, 1)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "event = 'test.other'",
        "actor_id = actor_id + 1",
        "actor_id = NULL",
        "post = 'grid_worker@1'",
        "subject_type = 'core.other'",
        "subject_id = '99'",
        "scope_path = '/1/'",
        "audience = 'public'",
        "fields = '{}'",
    ],
)
def test_changed_entry_is_named(trail: list[int], change: str):
    tamper(f"UPDATE core_auditentry SET {change} WHERE id = {trail[4]}")

    assert broken() == (chain.Flaw.CHANGED, trail[4])


def test_deleted_entry_is_named(trail: list[int]):
    tamper(f"DELETE FROM core_auditentry WHERE id = {trail[1]}")

    assert broken() == (chain.Flaw.MISSING, trail[1])


def test_entry_put_into_a_gap_is_named(trail: list[int]):
    gap = trail[4] - 1

    tamper(copy_of(trail[0], as_id=gap))

    assert broken() == (chain.Flaw.INSERTED, gap)


def test_entry_put_before_the_first_is_named(trail: list[int]):
    tamper(copy_of(trail[0], as_id=trail[0] - 1))

    assert broken() == (chain.Flaw.INSERTED, trail[0] - 1)


def test_entry_put_into_a_gap_is_never_sealed_afterwards(trail: list[int], at: datetime):
    tamper(copy_of(trail[0], as_id=trail[4] - 1))

    audit_seal(at=at)

    assert broken() == (chain.Flaw.INSERTED, trail[4] - 1)


def test_entries_in_another_order_are_named(trail: list[int]):
    one, other = trail[3], trail[5]

    tamper(
        f"UPDATE core_auditentry SET id = -1 WHERE id = {one}",
        f"UPDATE core_auditentry SET id = {one} WHERE id = {other}",
        f"UPDATE core_auditentry SET id = {other} WHERE id = -1",
    )

    assert broken() == (chain.Flaw.CHANGED, one)


def test_cut_off_end_is_named(trail: list[int]):
    tamper(f"DELETE FROM core_auditentry WHERE id >= {trail[7]}")

    assert broken() == (chain.Flaw.MISSING, trail[7])


def test_emptied_trail_is_named(trail: list[int]):
    tamper("TRUNCATE core_auditentry")

    assert broken() == (chain.Flaw.MISSING, trail[0])


def test_end_cut_off_with_its_seals_is_found_by_a_noted_head(trail: list[int]):
    head = chain.verify().head

    tamper(
        f"DELETE FROM core_auditentry WHERE id >= {trail[6]}",
        "DELETE FROM core_auditseal WHERE ordinal = 3",
    )

    assert chain.verify().broken is None
    assert chain.verify(noted=head).broken == chain.Break(chain.Flaw.HEAD, trail[5], 3)


def test_chain_made_anew_is_found_by_a_noted_head(trail: list[int], at: datetime):
    head = chain.verify().head
    tamper("UPDATE core_auditentry SET event = 'test.forged'", "TRUNCATE core_auditseal")

    audit_seal(at=at)
    audit_seal(at=at)

    assert chain.verify().broken is None
    assert chain.verify(noted=head).broken is not None


def test_noted_head_stays_good_while_the_chain_grows(trail: list[int], user: User, at: datetime):
    head = chain.verify().head

    audit.record(event="test.new", actor=user, subject=user, at=at)
    audit_seal(at=at)

    assert chain.verify(noted=head).broken is None


def test_head_copied_from_the_log_is_one_that_the_proof_knows(user: User, at: datetime, caplog: Any):
    audit.record(event="test.line", actor=user, subject=user, at=at)

    with caplog.at_level("INFO", logger=sealing.__name__):
        audit_seal(at=at)
    line = Lines().format(caplog.records[-1])

    head = line.rpartition("head=")[2].split()[0]
    assert head == chain.verify().head
    call_command("verify_audit", head=head)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_auditseal SET previous = repeat('1', 64) WHERE ordinal = 2",
        "UPDATE core_auditseal SET hash = repeat('1', 64) WHERE ordinal = 2",
        "UPDATE core_auditseal SET digests = digests || '\\x00' WHERE ordinal = 2",
        "UPDATE core_auditseal SET sealed_at = sealed_at - interval '1 day' WHERE ordinal = 2",
        "DELETE FROM core_auditseal WHERE ordinal = 2",
    ],
)
def test_seal_that_does_not_fit_is_a_broken_link(trail: list[int], attack: str):
    tamper(attack)

    assert broken()[0] == chain.Flaw.LINK


def test_entry_changed_together_with_its_seal_breaks_the_next_link(trail: list[int]):
    rows = chain.entries_after(trail[2], upto=trail[5], limit=3)
    rows[0] = (*rows[0][:2], "test.forged", *rows[0][3:])
    digests = b"".join(chain.entry_digest(row) for row in rows)
    seal = AuditSeal.objects.get(pk=2)
    hashed = chain.seal_hash(
        2, seal.after_id, seal.upto_id, seal.entry_ids, digests, seal.sealed_at, seal.previous
    )

    tamper(
        f"UPDATE core_auditentry SET event = 'test.forged' WHERE id = {trail[3]}",
        f"UPDATE core_auditseal SET digests = '\\x{digests.hex()}', hash = '{hashed}' WHERE ordinal = 2",
    )

    assert broken() == (chain.Flaw.LINK, trail[6])


def test_broken_trail_ends_the_command_with_one(trail: list[int]):
    tamper(f"DELETE FROM core_auditentry WHERE id = {trail[1]}")

    with pytest.raises(CommandError, match=f"BROKEN at entry {trail[1]} .*missing") as ended:
        call_command("verify_audit")

    assert ended.value.returncode == 1


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_auditseal SET hash = ''",
        "DELETE FROM core_auditseal",
        "TRUNCATE core_auditseal",
    ],
)
def test_database_refuses_to_change_or_empty_the_seals(trail: list[int], attack: str):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(attack)


def test_what_is_sealed_is_not_sealed_again(trail: list[int], at: datetime):
    assert audit_seal(at=at) == 0
    assert AuditSeal.objects.count() == 3


def test_many_entries_become_several_seals(user: User, at: datetime, monkeypatch: Any):
    monkeypatch.setattr(sealing, "BATCH", 4)
    for _ in range(10):
        audit.record(event="test.line", actor=user, subject=user, at=at)

    assert audit_seal(at=at) == 10
    assert [len(seal.entry_ids) for seal in AuditSeal.objects.order_by("ordinal")] == [4, 4, 2]
    assert chain.verify().broken is None


class Writer:
    """A transaction of its own that writes one entry and then stays open until told."""

    def __init__(self, user: User, at: datetime) -> None:
        self.user, self.at = user, at
        self.wrote, self.may_end = Event(), Event()
        self.thread = Thread(target=self._run)

    def __enter__(self) -> Writer:
        self.thread.start()
        assert self.wrote.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def end(self) -> None:
        self.may_end.set()
        self.thread.join(10)

    def _run(self) -> None:
        with transaction.atomic():
            audit.record(event="test.late", actor=self.user, subject=self.user, at=self.at)
            self.wrote.set()
            self.may_end.wait(10)
        connection.close()


@pytest.mark.race
def test_entry_that_commits_after_a_higher_number_is_not_left_out(user: User, at: datetime):
    with Writer(user, at) as late:
        audit.record(event="test.early", actor=user, subject=user, at=at)
        assert audit_seal(at=at, patience=NO_PATIENCE) == 0
        late.end()

    assert audit_seal(at=at) == 2
    assert AuditSeal.objects.get().entry_ids == sorted(AuditEntry.objects.values_list("pk", flat=True))
    assert chain.verify().broken is None


@pytest.mark.race
def test_sealing_waits_for_a_writer_and_not_for_those_who_come_after(user: User, at: datetime):
    with Writer(user, at) as first:
        sealed: list[int] = []
        sealer = Thread(target=lambda: (sealed.append(audit_seal(at=at)), connection.close()))
        sealer.start()
        sealer.join(0.3)
        with Writer(user, at):
            first.end()
            sealer.join(10)
            assert sealed == [1]

    assert audit_seal(at=at) == 1
    assert chain.verify().broken is None


@pytest.mark.race
def test_writers_do_not_wait_for_the_sealer(user: User, at: datetime):
    audit.record(event="test.line", actor=user, subject=user, at=at)

    with transaction.atomic():
        sealing._seal_next(sealing.final_number(patience=NO_PATIENCE) or 0, at)
        written = at_once([lambda: audit.record(event="test.line", actor=user, subject=user, at=at)] * 4)

    assert written == [None] * 4


@pytest.mark.race
def test_sealers_and_writers_all_at_once_leave_one_unbroken_chain(user: User, at: datetime, monkeypatch: Any):
    monkeypatch.setattr(sealing, "BATCH", 3)

    def write() -> None:
        for _ in range(20):
            with transaction.atomic():
                audit.record(event="test.line", actor=user, subject=user, at=at)
                audit.record(event="test.line", actor=user, subject=user, at=at)

    def seal() -> int:
        return sum(audit_seal(at=at) for _ in range(15))

    results = at_once([write, seal, write, seal, write, seal])
    audit_seal(at=at)

    assert [result for result in results if isinstance(result, Exception)] == []
    proof = chain.verify()
    assert (proof.broken, proof.entries, proof.unsealed) == (None, 120, 0)


def test_sealer_killed_between_batches_leaves_the_rest_to_the_next(
    user: User, at: datetime, monkeypatch: Any
):
    monkeypatch.setattr(sealing, "BATCH", 2)
    for _ in range(5):
        audit.record(event="test.line", actor=user, subject=user, at=at)
    made = AuditSeal.objects.create
    monkeypatch.setattr(
        AuditSeal.objects, "create", lambda **row: made(**row) if row["ordinal"] < 2 else 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        audit_seal(at=at)
    monkeypatch.undo()

    assert audit_seal(at=at) == 3
    assert chain.verify().broken is None


def test_memory_of_the_proof_does_not_grow_with_the_trail(user: User, at: datetime):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (at, event, actor_id, post, subject_type, subject_id, scope_path, audience, fields)"
            " SELECT %s, 'test.line', %s, 'grid_worker@1', 'core.user', n::text, '/1/2/', 'staff', '{name}'"
            " FROM generate_series(1, 60000) AS n",
            [at, user.pk],
        )
    audit_seal(at=at)

    tracemalloc.start()
    assert chain.verify().entries == 60000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 12_000_000
