"""What the built-in intents know of a household: what to teach next, and what was said last."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from skill.conversation.declare import Declarations
from skill.conversation.dispatcher import Say, ServiceFactory
from skill.conversation.intents import Said
from skill.conversation.locale_files import load_spoken
from skill.conversation.turn import Reply, Turn
from skill.storage import idempotency
from skill.storage.database import Unit

REPEATABLE_FOR = timedelta(minutes=10)


class Conversations:
    """The service of the built-in intents; `teachers` are the `teach` functions of the features."""

    def __init__(
        self,
        unit: Unit,
        declarations: Declarations,
        services: Mapping[str, ServiceFactory],
        basics: Sequence[str],
    ) -> None:
        self.unit = unit
        self._declarations = declarations
        self._services = services
        self._basics = basics

    def opening(self, turn: Turn) -> Reply | None:
        """What the first feature that has something to say begins this visit with (its `open_visit`)."""
        if self.unit.household_id is None:
            return None
        for open_visit in self._declarations.openers:
            reply = open_visit(turn, self._services[open_visit.__module__.split(".")[1]](self.unit))
            if reply is not None:
                return reply
        return None

    def examples(self, turn: Turn) -> list[Say]:
        """What the features would teach this household now, then sentences that always work."""
        found: list[str] = []
        if self.unit.household_id is not None:
            for teach in self._declarations.teachers:
                feature = teach.__module__.split(".")[1]
                found += teach(turn, self._services[feature](self.unit))
        return [Say(key) for key in dict.fromkeys([*found, *self._basics]) if self._may_say(key, turn)]

    def _may_say(self, key: str, turn: Turn) -> bool:
        """Whether the sentence would be answered: nobody is taught what their role may not ask."""
        example = load_spoken(turn.locale).examples.get(key)
        spec = self._declarations.intents.get(example.intent) if example else None
        return spec is None or turn.caller.household_id is None or spec.needs in turn.caller.permissions

    def last_said(self, turn: Turn) -> Said | None:
        """The newest answer on this device within ten minutes, unless its permission is not the caller's."""
        if self.unit.household_id is None:
            return None
        record = idempotency.last_answered(self.unit, turn.device_id, turn.at - REPEATABLE_FOR)
        if record is None or record.answer is None:
            return None
        answer = record.answer
        if answer.get("needs", "browse") not in turn.caller.permissions:
            return None
        return Said(answer["speech"], answer["session"] if answer["session_open"] else None)
