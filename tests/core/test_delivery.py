"""What leaves the house: when, to whom, how often, and what becomes of what cannot."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from config.local.folder import CHECKOUT
from core import actions, delivery, outbox
from core.models import MessageState, OutboxMessage, User
from core.registries import delivery_checks
from tests.core.conftest import Ticking, in_parallel
from tests.core.receiver import Receiver

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800000001", "13800000002"


def queue(at: datetime, key: str = "k1", **fields: Any) -> OutboxMessage:
    fields = {"phone": PHONE} | fields if not {"user_id", "robot_url"} & set(fields) else fields
    body = fields.pop("body", f"正文{key}")
    outbox.send([outbox.Message(kind="test", dedupe_key=key, title="标题", body=body, at=at, **fields)])
    return OutboxMessage.objects.get(dedupe_key=key)


def state_of(message: OutboxMessage) -> str:
    message.refresh_from_db()
    return message.state


def test_due_message_is_sent_with_token_and_key(receiver: Receiver, clock: Ticking):
    message = queue(clock())

    delivery.deliver_due(clock=clock)

    [letter] = receiver.letters
    assert letter["body"] == {"phone": PHONE, "text": "正文k1"}
    assert letter["headers"]["Authorization"] == "Bearer token-1"
    assert letter["headers"]["Idempotency-Key"] == "k1"
    assert (state_of(message), message.attempts, message.sent_at) == ("sent", 1, clock())


def test_sent_message_is_not_sent_again(receiver: Receiver, clock: Ticking):
    queue(clock())
    delivery.deliver_due(clock=clock)

    clock.pass_(days=1)
    delivery.deliver_due(clock=clock)

    assert len(receiver.letters) == 1


def test_message_to_account_goes_to_the_phone_it_has_now(receiver: Receiver, clock: Ticking, user: User):
    queue(clock(), user_id=user.pk)
    User.objects.filter(pk=user.pk).update(phone=OTHER)

    delivery.deliver_due(clock=clock)

    assert receiver.letters[0]["body"]["phone"] == OTHER


def test_message_before_its_time_waits(receiver: Receiver, clock: Ticking):
    message = queue(clock(), not_before=clock() + timedelta(hours=1))

    delivery.deliver_due(clock=clock)

    assert state_of(message) == "queued"
    assert not receiver.letters


class TestQuietHours:
    @pytest.fixture
    def night(self, clock: Ticking) -> Ticking:
        clock.at = clock.at.replace(hour=22, minute=0)
        return clock

    def test_message_waits_for_the_morning(self, receiver: Receiver, night: Ticking):
        message = queue(night())
        delivery.deliver_due(clock=night)
        assert (state_of(message), message.attempts) == ("queued", 0)

        night.at = (night.at + timedelta(days=1)).replace(hour=7)
        delivery.deliver_due(clock=night)

        assert state_of(message) == "sent"

    def test_last_minute_before_seven_is_quiet(self, receiver: Receiver, night: Ticking):
        message = queue(night())
        night.at = (night.at + timedelta(days=1)).replace(hour=6, minute=59)

        delivery.deliver_due(clock=night)

        assert state_of(message) == "queued"

    @pytest.mark.parametrize("passes", ["urgent", "secret"])
    def test_urgent_and_secret_pass(self, receiver: Receiver, night: Ticking, passes: str):
        message = queue(night(), **{passes: True})

        delivery.deliver_due(clock=night)

        assert state_of(message) == "sent"


class TestDigest:
    def test_several_for_one_phone_become_one_text(self, receiver: Receiver, clock: Ticking):
        messages = [queue(clock(), key=f"k{n}") for n in range(3)]
        queue(clock(), key="other", phone=OTHER)

        delivery.deliver_due(clock=clock)

        texts = {letter["body"]["phone"]: letter["body"]["text"] for letter in receiver.letters}
        assert len(receiver.letters) == 2
        assert texts == {PHONE: "您有 3 条新消息：\n1. 正文k0\n2. 正文k1\n3. 正文k2", OTHER: "正文other"}
        assert [state_of(message) for message in messages] == ["sent"] * 3
        assert [message.sent_with_id for message in messages] == [None, messages[0].pk, messages[0].pk]

    def test_account_and_phone_of_one_person_share_a_digest(
        self, receiver: Receiver, clock: Ticking, user: User
    ):
        queue(clock(), key="a", user_id=user.pk)
        queue(clock(), key="b", phone=user.phone)

        delivery.deliver_due(clock=clock)

        assert len(receiver.letters) == 1

    def test_what_is_due_beyond_the_batch_joins_the_digest(self, receiver: Receiver, clock: Ticking):
        queue(clock(), key="mine")
        for n in range(actions.message.BATCH + 5):
            queue(clock(), key=f"k{n}", phone=f"139{n:08d}")
        queue(clock(), key="mine too")

        delivery.deliver_due(clock=clock)

        mine = [letter for letter in receiver.letters if letter["body"]["phone"] == PHONE]
        assert len(mine) == 1
        assert not OutboxMessage.objects.pending().exists()

    @pytest.mark.parametrize("alone", ["urgent", "secret"])
    def test_urgent_and_secret_travel_alone(self, receiver: Receiver, clock: Ticking, alone: str):
        queue(clock(), key="a")
        queue(clock(), key="b", **{alone: True})
        queue(clock(), key="c", **{alone: True})

        delivery.deliver_due(clock=clock)

        assert sorted(receiver.texts) == ["正文a", "正文b", "正文c"]

    def test_long_digest_is_split(self, receiver: Receiver, clock: Ticking):
        for n in range(4):
            queue(clock(), key=f"k{n}", body="长" * 400)

        delivery.deliver_due(clock=clock)

        assert len(receiver.letters) == 2

    def test_digest_has_a_key_of_its_members(self, receiver: Receiver, clock: Ticking):
        queue(clock(), key="a")
        queue(clock(), key="b")

        delivery.deliver_due(clock=clock)

        assert receiver.letters[0]["headers"]["Idempotency-Key"] not in {"a", "b"}


class TestSecrets:
    def test_code_is_erased_once_delivered(self, receiver: Receiver, clock: Ticking):
        message = queue(clock(), secret=True, body="验证码 246810")

        delivery.deliver_due(clock=clock)

        assert receiver.texts == ["验证码 246810"]
        assert state_of(message) == "sent"
        assert "246810" not in str(vars(message))

    def test_demo_keeps_code_for_an_hour(self, settings: Any, clock: Ticking):
        settings.SMS_BACKEND = "core.gateways.DemoGateway"
        message = queue(clock(), secret=True, body="验证码 246810")
        delivery.deliver_due(clock=clock)
        message.refresh_from_db()
        assert (message.state, message.body) == ("sent", "验证码 246810")

        actions.expired_delete(at=clock.pass_(minutes=61))

        message.refresh_from_db()
        assert message.body == ""

    def test_code_that_came_too_late_is_given_up_and_erased(self, receiver: Receiver, clock: Ticking):
        receiver.status = 500
        message = queue(clock(), secret=True, body="验证码 246810")
        delivery.deliver_due(clock=clock)
        assert state_of(message) == "queued"

        clock.pass_(minutes=6)
        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.body) == ("failed", "")


class TestGatewayTrouble:
    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_trouble_is_retried_with_growing_waits_and_given_up_visibly(
        self, receiver: Receiver, clock: Ticking, settings: Any, status: int
    ):
        settings.QUIET_HOURS = "00:00-00:00"
        receiver.status = status
        message = queue(clock())
        waits = []

        for _attempt in range(actions.message.MAX_ATTEMPTS):
            clock.at = max(clock.at, message.next_attempt_at)
            delivery.deliver_due(clock=clock)
            message.refresh_from_db()
            waits.append(message.next_attempt_at - clock())

        assert message.state == "failed"
        assert len(receiver.letters) == actions.message.MAX_ATTEMPTS == message.attempts
        assert waits[:5] == sorted(waits[:5])
        assert timedelta(seconds=24) <= waits[0] <= timedelta(seconds=36)
        assert message.last_error == f"HTTP {status}"

    @pytest.mark.parametrize("status", [400, 401, 302])
    def test_refusal_fails_at_once_and_redirects_are_not_followed(
        self, receiver: Receiver, clock: Ticking, status: int
    ):
        receiver.status = status
        message = queue(clock())

        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.last_error) == ("failed", f"HTTP {status}")
        assert len(receiver.letters) == 1

    def test_slow_gateway_is_left_after_its_seconds(self, receiver: Receiver, clock: Ticking, settings: Any):
        settings.GATEWAY_SECONDS = 0.2
        receiver.delay = 1.0
        message = queue(clock())

        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.attempts) == ("queued", 1)

    def test_trickling_answer_is_cut(self, receiver: Receiver, clock: Ticking, settings: Any):
        settings.GATEWAY_SECONDS = 0.5
        receiver.trickle = True
        receiver.answer = b"x" * 100
        message = queue(clock())
        started = datetime.now(tz=clock.at.tzinfo)

        delivery.deliver_due(clock=clock)

        assert (datetime.now(tz=clock.at.tzinfo) - started).total_seconds() < 3
        assert state_of(message) == "queued"

    def test_refused_connection_spares_the_rest_of_the_run(
        self, receiver: Receiver, clock: Ticking, settings: Any
    ):
        settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
        first, second = queue(clock(), key="a"), queue(clock(), key="b", phone=OTHER)

        delivery.deliver_due(clock=clock)

        assert sorted([state_of(first), state_of(second)]) == ["queued", "queued"]
        assert sorted([first.attempts, second.attempts]) == [0, 1]

    def test_answer_that_is_no_success_is_retried(self, receiver: Receiver, clock: Ticking, settings: Any):
        settings.SMS_GATEWAY_SUCCESS = "code=0"
        receiver.answer = b'{"code": 7}'
        message = queue(clock())

        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.last_error) == ("queued", "code=7")

    def test_missing_gateway_fails_visibly(self, clock: Ticking, settings: Any):
        settings.SMS_BACKEND = "core.gateways.MissingGateway"
        message = queue(clock())

        delivery.deliver_due(clock=clock)

        assert state_of(message) == "failed"
        assert "短信网关" in message.last_error

    def test_text_cannot_break_out_of_the_template(self, receiver: Receiver, clock: Ticking, settings: Any):
        settings.SMS_GATEWAY_TEMPLATE = (
            '{"to": ["{phone}"], "sms": {"content": "【叠翠】{text}", "id": "{key}"}}'
        )
        queue(clock(), body='"}], {phone} {key}')

        delivery.deliver_due(clock=clock)

        body = receiver.letters[0]["body"]
        assert body == {"to": [PHONE], "sms": {"content": '【叠翠】"}], {phone} {key}', "id": "k1"}}


class TestRobot:
    def test_robot_gets_a_text(self, receiver: Receiver, clock: Ticking):
        message = queue(clock(), robot_url=f"{receiver.url}/hook?key=1", url="https://portal.example/p/1")

        delivery.deliver_due(clock=clock)

        [letter] = receiver.letters
        assert letter["path"] == "/hook?key=1"
        content = "标题\n正文k1 https://portal.example/p/1"
        assert letter["body"] == {"msgtype": "text", "text": {"content": content}}
        assert state_of(message) == "sent"

    @pytest.mark.parametrize(("code", "state"), [(45009, "queued"), (93000, "failed")])
    def test_error_codes_are_told_apart(self, receiver: Receiver, clock: Ticking, code: int, state: str):
        receiver.answer = f'{{"errcode": {code}}}'.encode()
        message = queue(clock(), robot_url=f"{receiver.url}/hook")

        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.last_error) == (state, f"errcode={code}")

    @pytest.mark.parametrize(
        "url", ["http://169.254.169.254/", "https://qyapi.weixin.qq.com@127.0.0.1/", "file:///x"]
    )
    def test_foreign_host_is_refused(self, receiver: Receiver, clock: Ticking, url: str):
        message = queue(clock(), robot_url=url)

        delivery.deliver_due(clock=clock)

        assert state_of(message) == "failed"
        assert not receiver.letters


class TestWhoMayBeWrittenTo:
    def test_person_who_may_not_be_written_to_is_dropped_with_the_reason(
        self, receiver: Receiver, clock: Ticking
    ):
        asked = []
        delivery_checks.register("test", lambda people: asked.append(people) or {people[0]: "已搬离"})
        message = queue(clock())

        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.last_error) == ("dropped", "已搬离")
        assert [person.phone for person in asked[0]] == [PHONE]
        assert not receiver.letters

    def test_codes_are_not_asked_about(self, receiver: Receiver, clock: Ticking):
        delivery_checks.register("test", lambda people: dict.fromkeys(people, "拒收"))
        message = queue(clock(), secret=True)

        delivery.deliver_due(clock=clock)

        assert state_of(message) == "sent"

    def test_closed_account_is_dropped(self, receiver: Receiver, clock: Ticking, user: User):
        message = queue(clock(), user_id=user.pk)
        User.objects.filter(pk=user.pk).update(is_active=False)

        delivery.deliver_due(clock=clock)

        assert state_of(message) == "dropped"

    @pytest.mark.parametrize("phone", [None, "03595020001"])
    def test_account_without_mobile_phone_is_dropped(
        self, receiver: Receiver, clock: Ticking, user: User, phone: str | None
    ):
        User.objects.filter(pk=user.pk).update(phone=phone)
        message = queue(clock(), user_id=user.pk)

        delivery.deliver_due(clock=clock)

        assert state_of(message) == "dropped"
        assert not receiver.letters


class TestLease:
    def test_message_of_a_killed_worker_is_sent_after_the_lease(self, receiver: Receiver, clock: Ticking):
        message = queue(clock())
        actions.message_claim(at=clock(), quiet=False)
        delivery.deliver_due(clock=clock)
        assert (state_of(message), len(receiver.letters)) == ("sending", 0)

        clock.pass_(seconds=actions.message.LEASE.total_seconds() + 1)
        delivery.deliver_due(clock=clock)

        assert (state_of(message), message.attempts, len(receiver.letters)) == ("sent", 2, 1)

    def test_worker_that_lost_its_lease_neither_sends_nor_settles(self, receiver: Receiver, clock: Ticking):
        message = queue(clock())
        stale = actions.message_claim(at=clock(), quiet=False)
        clock.pass_(seconds=actions.message.LEASE.total_seconds() + 1)
        actions.message_claim(at=clock(), quiet=False)

        extended = actions.message_extend(claim=stale, messages=stale.messages, at=clock())
        actions.message_fail(claim=stale, reason="late")

        assert extended is None
        assert state_of(message) == "sending"

    def test_claim_costs_a_fixed_number_of_statements(self, clock: Ticking, django_assert_num_queries: Any):
        for n in range(15):
            queue(clock(), key=f"k{n}", phone=f"139{n:08d}")

        with django_assert_num_queries(6):  # savepoint, lock, due, companions, update, release
            claim = actions.message_claim(at=clock(), quiet=False)

        assert len(claim.messages) == 15


class TestSendAgain:
    def test_failed_message_is_sent_again_with_a_trace(
        self, receiver: Receiver, clock: Ticking, superuser: User
    ):
        receiver.status = 400
        message = queue(clock())
        delivery.deliver_due(clock=clock)
        receiver.status = 200

        count = actions.message_send_again(message_ids=[message.pk], actor=superuser, at=clock())
        delivery.deliver_due(clock=clock)

        assert (count, state_of(message)) == (1, "sent")

    @pytest.mark.parametrize("state", [MessageState.SENT, MessageState.QUEUED, MessageState.DROPPED])
    def test_other_states_are_left_alone(self, clock: Ticking, superuser: User, state: str):
        message = queue(clock())
        OutboxMessage.objects.update(state=state, attempts=3)

        count = actions.message_send_again(message_ids=[message.pk], actor=superuser, at=clock())

        assert (count, state_of(message), message.attempts) == (0, state, 3)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_parallel_workers_send_each_message_once(receiver: Receiver, clock: Ticking):
    """Without the claims' lock, SKIP LOCKED and the lease, workers deadlock or send twice."""
    for n in range(60):
        queue(clock(), key=f"k{n}", phone=f"139{n % 30:08d}")
    receiver.delay = 0.005

    results = in_parallel(6, lambda _n: delivery.deliver_due(clock=clock))

    assert sum(results) == 60
    phones = [letter["body"]["phone"] for letter in receiver.letters]
    assert len(phones) == len(set(phones)) == 30
    assert all(text.startswith("您有 2 条") for text in receiver.texts)


WORKER = """
import django
django.setup()
from core import delivery
delivery.deliver_due()
"""


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_worker_killed_while_sending_neither_loses_nor_repeats_a_message(receiver: Receiver, settings: Any):
    """A real process, killed hard; the gateway knows the repetition of the one in flight by its key."""
    settings.QUIET_HOURS = "00:00-00:00"
    now = timezone.now()
    for n in range(5):
        queue(now, key=f"k{n}", phone=f"139{n:08d}")
    receiver.delay = 1.0
    worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=CHECKOUT, env=worker_environment(receiver))
    until = time.monotonic() + 60
    while len(receiver.letters) < 2 and time.monotonic() < until:
        time.sleep(0.02)

    worker.kill()
    worker.wait()
    receiver.delay = 0.0
    delivery.deliver_due(clock=lambda: now + timedelta(minutes=10))

    keys = [letter["headers"]["Idempotency-Key"] for letter in receiver.letters]
    assert sorted(set(keys)) == [f"k{n}" for n in range(5)]
    assert len(keys) == 6  # the second was in flight when its worker died
    assert not OutboxMessage.objects.pending().exists()


def worker_environment(receiver: Receiver) -> dict[str, str]:
    """The environment of a worker on the test's own database."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(address),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SMS_GATEWAY_URL": f"{receiver.url}/sms",
        "QUIET_HOURS": "00:00-00:00",
    }
