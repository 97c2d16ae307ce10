"""Exactly one effect for each idempotency key of a household: the first answer is given to every repeat."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from skill.conversation.errors import SpokenError
from skill.orders import placing, tracking
from skill.orders.service import Orders
from skill.storage import idempotency
from skill.storage.database import Unit
from skill.storage.idempotency import TurnRecord
from skill.web.api_views import order_view, placed_answer
from skill.web.api_wire import Answer, Problem, spoken_problem
from skill.web.program import Program

Work = Callable[[Orders], Answer]


@dataclass(frozen=True)
class Repeatable:
    """A request that may come again: whose it is, its key, the hash of what it asks, and when it came."""

    household_id: UUID
    zone: str
    key: str
    content: str
    at: datetime

    @property
    def record_id(self) -> str:
        """The name under which its answer is kept, among those of spoken requests."""
        return f"v1:{sha256(self.key.encode()).hexdigest()}"


def once(program: Program, asked: Repeatable, work: Work) -> Answer:
    """Do `work` unless the key was used: then give the answer of that time, for 24 hours.

    A repeat that comes meanwhile waits for the first. Raises Problem 409 when the key came with another body.
    What `work` raises as a Problem, and a shop that is down, is not kept: the same key may try again.
    """
    database = program.database
    try:
        return database.run(asked.household_id, lambda unit: _claimed(program, unit, asked, work))
    except SpokenError as error:
        refused = spoken_problem(error)
        if refused.status == 503:
            return refused
        return database.run(
            asked.household_id, lambda unit: _claimed(program, unit, asked, lambda _: refused)
        )


def _claimed(program: Program, unit: Unit, asked: Repeatable, work: Work) -> Answer:
    record, new = idempotency.claim(unit, asked.record_id, asked.content, asked.at, None)
    if record.content_hash != asked.content:
        raise Problem(409, "idempotency_conflict")
    if record.answer is not None:
        return _kept(record.answer)
    orders = program.orders(unit)
    cut_off = None if new else record.resume
    return _stored(unit, record, _resumed(orders, asked, cut_off) if cut_off else work(orders))


def _stored(unit: Unit, record: TurnRecord, answer: Answer) -> Answer:
    if record.resume is not None and (faster := idempotency.answered_meanwhile(unit, record)) is not None:
        return _kept(faster)
    record.answer = json.loads(json.dumps({"status": answer.status, "body": answer.body}))
    record.resume = None
    unit.session.add(record)
    return _kept(record.answer)


def _resumed(orders: Orders, asked: Repeatable, resume: dict[str, Any]) -> Answer:
    """Finish what was cut off after it was written down and before the shop's answer was."""
    payload = resume["payload"]
    if resume["kind"] == placing.RESUME:
        return placed_answer(orders, orders.placing.resume(payload["quotes"], asked.at, asked.zone))
    assert resume["kind"] == tracking.RESUME
    order = orders.tracking.resume(payload["order"], asked.at)
    assert order is not None
    return Answer(200, order_view(orders, order))


def _kept(answer: dict[str, Any]) -> Answer:
    return Answer(answer["status"], answer["body"])
