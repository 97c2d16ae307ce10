"""The dispatcher: one turn, one unit of work, one answer, however often the request comes."""

import json
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from skill.conversation import confirmation
from skill.conversation.confirmation import Open
from skill.conversation.declare import Declarations, Intent
from skill.conversation.errors import AccountNeeded, ChildMode, NotAllowed, SpokenError
from skill.conversation.locale_files import LocaleTexts
from skill.conversation.prompts import Prompts, Rendered
from skill.conversation.session import Session, from_attributes
from skill.conversation.turn import Answer, Reply, Turn
from skill.storage import idempotency
from skill.storage.database import Database, Unit
from skill.storage.idempotency import TurnRecord

log = logging.getLogger("restock.turn")

ServiceFactory = Callable[[Unit], Any]
Hook = Callable[[Unit, Turn], None]
Observer = Callable[[Turn, Answer], None]
LAUNCH, RESUMED, YES, NO, CANCEL, FALLBACK = (
    "LaunchRequest",
    "SessionResumedRequest",
    "AMAZON.YesIntent",
    "AMAZON.NoIntent",
    "AMAZON.CancelIntent",
    "AMAZON.FallbackIntent",
)


class Say(str):
    """The key of an example sentence ("orders.reorder_usual"), rendered in the language of the turn."""


@dataclass(frozen=True)
class Speech:
    """The texts and the prompts of one locale."""

    texts: LocaleTexts
    prompts: Prompts


@dataclass(frozen=True)
class Dispatcher:
    """Answers turns. `services` maps a feature to the factory of its service; `before` runs in each turn's
    unit ahead of the intent; `observers` are told of each answer after the commit."""

    database: Database
    declarations: Declarations
    services: Mapping[str, ServiceFactory]
    speech: Callable[[str], Speech]
    before: Sequence[Hook] = ()
    observers: Sequence[Observer] = ()

    def answer(self, turn: Turn) -> Answer:
        """Run the turn and commit its effects once; a repeated request id gets the stored answer."""
        started = time.perf_counter()
        turn = replace(turn, locale=self.speech(turn.locale).texts.locale)  # one that is spoken here
        with self.database.counting() as counter:
            answer = self._answer(turn)
        log.info(
            "turn",
            extra={
                "request_id": turn.request_id,
                "intent": turn.intent or turn.kind,
                "outcome": answer.reply,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "statements": counter.statements,
            },
        )
        for observer in self.observers:
            observer(turn, answer)
        return answer

    def _answer(self, turn: Turn) -> Answer:
        household_id = turn.caller.household_id
        if household_id is None:
            with self.database.reading(None) as unit:
                return self._render(unit, turn, self._reply_or_error(unit, turn), "browse")
        try:
            return self.database.run(household_id, lambda unit: self._claimed(unit, turn))
        except SpokenError as error:
            failed = error.reply  # the turn's writes are undone; only what is said about it is kept
            return self.database.run(household_id, lambda unit: self._told(unit, turn, failed))

    def _claimed(self, unit: Unit, turn: Turn) -> Answer:
        content = self._content_hash(turn)
        record, new = idempotency.claim(unit, turn.request_id, content, turn.at, turn.device_id)
        if record.content_hash != content:
            return self._render(unit, turn, Reply("Error.request_reused"), "browse", remember=False)
        if record.answer is not None:
            return stored_answer(record.answer)
        if not new and record.resume is not None:
            reply, needs = self._resumed(unit, turn, record.resume), "browse"
        else:
            for hook in self.before:
                hook(unit, turn)
            reply, needs = self._reply(unit, turn)
        return self._stored(unit, turn, record, reply, needs)

    def _told(self, unit: Unit, turn: Turn, reply: Reply) -> Answer:
        record, _new = idempotency.claim(
            unit, turn.request_id, self._content_hash(turn), turn.at, turn.device_id
        )
        if record.answer is not None:
            return stored_answer(record.answer)
        return self._stored(unit, turn, record, reply, self._needs(turn))

    def _stored(self, unit: Unit, turn: Turn, record: TurnRecord, reply: Reply, needs: str) -> Answer:
        if record.resume is not None and (faster := idempotency.answered_meanwhile(unit, record)) is not None:
            return stored_answer(faster)
        answer = self._render(unit, turn, reply, needs, record=record)
        record.answer = json.loads(json.dumps(asdict(answer), default=str))
        record.resume = None
        unit.session.add(record)
        return stored_answer(record.answer)  # the first answer and its repeats are equal to the last bit

    def _reply_or_error(self, unit: Unit, turn: Turn) -> Reply:
        try:
            return self._reply(unit, turn)[0]
        except SpokenError as error:
            return error.reply

    def _reply(self, unit: Unit, turn: Turn) -> tuple[Reply, str]:
        if turn.session.confirm and turn.intent in (YES, NO, CANCEL) and unit.household_id:
            return self._confirmed(unit, turn)
        spec = self._spec(turn)
        answers = spec.answers if turn.session.elicit and turn.session.elicit[0] == spec.name else None
        self._permit(turn, answers or spec.needs)
        return spec.function(turn, self._service(unit, spec.feature)), spec.needs

    def _confirmed(self, unit: Unit, turn: Turn) -> tuple[Reply, str]:
        taken = confirmation.take(unit, turn.session.confirm, turn.at)
        if turn.intent != YES:
            return self._call(self._no(turn, taken.kind), unit, turn, taken.payload), taken.needs
        self._permit(turn, taken.needs)
        function = self._yes(taken)
        return self._call(function, unit, turn, {**taken.payload, "confirmation": str(taken.id)}), taken.needs

    def _no(self, turn: Turn, kind: str) -> Callable[..., Reply]:
        cancelling = self.declarations.cancel.get(kind) if turn.intent == CANCEL else None
        return cancelling or self.declarations.no[kind]

    def _yes(self, taken: Open) -> Callable[..., Reply]:
        if not taken.late:
            return self.declarations.yes[taken.kind]
        late = self.declarations.late.get(taken.kind)
        if late is None:
            raise SpokenError("YesIntent.too_late")
        return late

    def _resumed(self, unit: Unit, turn: Turn, resume: Mapping[str, Any]) -> Reply:
        function = self.declarations.resume[resume["kind"]]
        return self._call(function, unit, turn, resume["payload"])

    def _call(
        self, function: Callable[..., Reply], unit: Unit, turn: Turn, payload: Mapping[str, Any]
    ) -> Reply:
        feature = function.__module__.split(".")[1]
        return function(turn, self._service(unit, feature), payload)

    def _service(self, unit: Unit, feature: str) -> Any:
        return self.services[feature](unit)

    def _spec(self, turn: Turn) -> Intent:
        name = {"launch": LAUNCH, "resumed": RESUMED}.get(turn.kind, turn.intent)
        if turn.kind == "intent" and name in (LAUNCH, RESUMED):  # nobody says these
            name = FALLBACK
        return self.declarations.intents.get(name or "") or self.declarations.intents[FALLBACK]

    def _content_hash(self, turn: Turn) -> str:
        return content_hash(turn, {slot.name for slot in self._spec(turn).slots if slot.secret})

    def _needs(self, turn: Turn) -> str:
        return self._spec(turn).needs

    def _permit(self, turn: Turn, needs: str) -> None:
        if needs in turn.caller.permissions:
            return
        if turn.caller.household_id is None:
            raise AccountNeeded
        raise ChildMode if needs in turn.caller.withheld else NotAllowed

    def _render(
        self,
        unit: Unit,
        turn: Turn,
        reply: Reply,
        needs: str,
        *,
        record: TurnRecord | None = None,
        remember: bool = True,
    ) -> Answer:
        speech = self.speech(turn.locale)
        variant = self._variant(unit, speech, reply.prompt)
        rendered = speech.prompts.render(reply.prompt, self._values(turn, reply, speech), variant)
        if record is not None:
            record.reply_key, record.variant = reply.prompt, variant
        session = self._session(unit, turn, reply, rendered, needs) if remember else turn.session
        return replace(as_answer(turn, reply, rendered, session), needs=reply.needs or needs)

    def _variant(self, unit: Unit, speech: Speech, key: str) -> int:
        if unit.household_id is None:
            return 0
        last = idempotency.last_variant(unit, key)
        return 0 if last is None else (last + 1) % speech.prompts.variants(key)

    def _values(self, turn: Turn, reply: Reply, speech: Speech) -> dict[str, object]:
        values = {
            name: speech.texts.examples[value].say if isinstance(value, Say) else value
            for name, value in reply.values.items()
        }
        return {"today": turn.local.date(), "now": turn.local, "zone": turn.caller.zone, **values}

    def _session(self, unit: Unit, turn: Turn, reply: Reply, rendered: Rendered, needs: str) -> Session:
        misses = turn.session.misses + 1 if self._spec(turn).name == FALLBACK else 0
        if reply.keep_pending:
            return replace(turn.session, misses=misses)
        if reply.restore is not None:
            return from_attributes(reply.restore)
        asked = None
        if reply.confirm is not None:
            needed = reply.confirm.needs or needs
            asked = confirmation.ask(unit, reply.confirm, needed, rendered.ssml, turn.at)
        return Session(asked, reply.choice, elicited(turn, reply), misses)


def elicited(turn: Turn, reply: Reply) -> tuple[str, str] | None:
    """The (intent, slot) that `reply.elicit` names: "slot" of the turn's intent, or "Intent.slot"."""
    if reply.elicit is None:
        return None
    intent, _, slot = reply.elicit.rpartition(".")
    return intent or turn.intent or "", slot


def as_answer(turn: Turn, reply: Reply, rendered: Rendered, session: Session) -> Answer:
    """The answer for the face: the microphone is open exactly when the prompt asks a question."""
    session_open = rendered.reprompt_ssml is not None
    elicit = session.elicit if session_open else None
    return Answer(
        reply=reply.prompt,
        ssml=rendered.ssml,
        speech=rendered.speech,
        session_open=session_open,
        reprompt_ssml=rendered.reprompt_ssml,
        card=rendered.card,
        elicit={"intent": elicit[0], "slot": elicit[1]} if elicit else None,
        session=session.to_attributes() if session_open else {},
        link_account=reply.link_account,
        permissions=reply.permissions,
        quotes=reply.quotes,
        orders=reply.orders,
        verify=reply.verify,
    )


def stored_answer(stored: Mapping[str, Any]) -> Answer:
    """An answer as it was given, from the JSON that its turn's record keeps."""
    lists = {name: tuple(stored.get(name, ())) for name in ("quotes", "orders", "permissions")}
    kept = {**stored, **lists}
    return Answer(**kept)


def content_hash(turn: Turn, secret: Collection[str] = ()) -> str:
    """The SHA-256 of what was asked, to tell a repeat from another request under the same id.

    Slots named `secret` are left out: four digits are soon found from their plain hash.
    """
    heard = {name: asdict(slot) for name, slot in sorted(turn.slots.items()) if name not in secret}
    return sha256(json.dumps([turn.kind, turn.intent, heard], default=str).encode()).hexdigest()
