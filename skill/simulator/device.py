"""A smart speaker and its cloud, offline: sentences go in, real request envelopes reach the skill."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from skill.simulator import envelopes, events
from skill.simulator.account import DEVICE_ID, Account, DeviceState
from skill.simulator.cloud import Cloud
from skill.simulator.dialog import Question, confirmed, filled
from skill.simulator.envelopes import Envelope
from skill.simulator.exchange import Skill
from skill.simulator.hearing import Heard, listen
from skill.simulator.services import Call, Services
from skill.simulator.sessions import Session
from skill.simulator.skill_model import SkillModel
from skill.simulator.spoken import Spoken
from skill.simulator.turn import Turn
from skill.understanding import Context, Understood, strip_invocation

__all__ = ["DEVICE_ID", "Device", "Skill", "Spoken"]

CONSENT_CARD = "AskForPermissionsConsent"
TIMED_OUT = "EXCEEDED_MAX_REPROMPTS"


class Device:
    """One speaker of one account in one language. `say` is a turn; `close` walks away.

    `clock` is what the request's timestamp and "tomorrow" are read from, in the zone of the device. `state`
    may be changed between turns (its zone, its screen), and so may `person_id`, the recognised voice.
    A session stays open as long as the skill asks: scripts may take their time, see `silence`. Only the
    session that a screen keeps, with the microphone closed, ends by the clock.

    Raises ValueError where the device speaks another language than the model is made for.
    """

    def __init__(
        self,
        handle: Skill,
        model: SkillModel,
        *,
        account: Account,
        state: DeviceState,
        skill_id: str,
        clock: Callable[[], datetime],
        person_id: str | None = None,
        services: Services | None = None,
    ) -> None:
        if state.locale.split("-")[0] != model.language:
            raise ValueError(f"a device that speaks {state.locale} cannot use a model for {model.locale}")
        self.account = account
        self.state = state
        self._model = model
        self._skill_id = skill_id
        self._clock = clock
        self._services = services
        self._cloud = Cloud(handle, model, account, state, skill_id, clock, services)
        self._card: Mapping[str, object] | None = None
        self.person_id = person_id
        account.devices.setdefault(state.device_id, state)

    @property
    def person_id(self) -> str | None:
        """Whose voice is recognised."""
        return self._cloud.person_id

    @person_id.setter
    def person_id(self, person_id: str | None) -> None:
        """Another voice speaks from now on; None is one that is not recognised."""
        self._cloud.person_id = person_id

    @property
    def session_open(self) -> bool:
        """Whether the skill, or Amazon's side for it, waits for an answer."""
        self._expire()
        return self._cloud.session is not None

    @property
    def context(self) -> Context:
        """What is asked now, and the values that the skill added to its types."""
        session = self._cloud.session
        question = session.question if session else None
        return Context(
            elicit=question.elicits if question else None,
            expects_yes_no=bool(session and session.expects_yes_no) or _confirms(question),
            dynamic=self._cloud.dynamic.current(self._clock()),
        )

    def say(self, sentence: str) -> Spoken:
        """Say one sentence and hear the answer.

        "open corner shop" launches, "ask corner shop to ..." is one shot in a new session, anything else
        continues the open session or, when there is none, is one shot too. Nothing that the skill raises
        gets out of a turn: it ends the session, and Spoken.error holds it.
        """
        self._expire()
        kind, rest = strip_invocation(sentence, self._model.invocation_name, self._model.language)
        if kind != "none":
            self.close()
            if not rest.strip():
                return self._launch(sentence)
        question = self._question
        heard = listen(self._model, rest, self._cloud.now, question, self.context)
        turn = self._turn(sentence, heard.understood)
        self._answer(turn, heard, question)
        return self._done(turn)

    def silence(self) -> Spoken | None:
        """Nobody answers: the reprompt is said, if there is one, then the session ends. None without one."""
        self._expire()
        if self._cloud.session is None:
            return None
        turn = self._turn()
        self._unanswered(turn)
        return self._done(turn)

    def touch(self, arguments: Sequence[object], *, source: Mapping[str, object] | None = None) -> Spoken:
        """Touch a part of the screen that sends `arguments`; without an open session it begins one.

        Raises ValueError on a device without a screen.
        """
        if self.state.screen == "none":
            raise ValueError("this device has no screen to touch")
        self._expire()
        turn = self._turn()
        self._cloud.send(turn, envelopes.touch_request(self._cloud.sender, self._clock(), arguments, source))
        return self._done(turn)

    def fire(self, event: str, body: Mapping[str, object] | None = None) -> Spoken:
        """Tell the skill of an event by its short name (skill.simulator.events) or its wire type.

        Without a `body` the account's state makes one; the account follows the event. Raises LookupError
        for a name that is neither.
        """
        kind = events.wire_type(event)
        told = events.happen(kind, body, self.account)
        sender = replace(self._cloud.sender, person_id=None)
        turn = self._turn()
        self._cloud.notify(
            turn, envelopes.event_envelope(sender, envelopes.event(kind, sender, self._clock(), told))
        )
        return self._done(turn)

    def can_fulfill(self, sentence: str) -> Spoken:
        """Ask the skill whether it could do this, in no session and without naming the user."""
        _, rest = strip_invocation(sentence, self._model.invocation_name, self._model.language)
        understood = self._model.compiled.resolve(rest, now=self._cloud.now)
        turn = self._turn(sentence, understood)
        if understood.intent is not None:
            turn.intent = self._intent(understood, understood.intent)
            sender, now = self._cloud.sender, self._clock()
            request = envelopes.request(envelopes.CAN_FULFILL, sender, now, intent=turn.intent)
            whole = envelopes.envelope(sender, Session(now).wire, request)
            self._cloud.notify(turn, envelopes.anonymous(whole))
        return self._done(turn)

    def grant(self, *, granted: bool = True) -> dict[str, bool]:
        """Answer the consent card shown last, in Alexa's app; gives what each of its scopes is now.

        Raises LookupError when no such card is shown.
        """
        if self._card is None or self._card.get("type") != CONSENT_CARD:
            raise LookupError("no card asks for permissions")
        scopes = self._card.get("permissions")
        return self.account.answer(scopes if isinstance(scopes, list) else [], granted=granted)

    def close(self, reason: str = "USER_INITIATED") -> None:
        """End the open session, if any, as a person does who says "exit"; the skill is told."""
        self._cloud.end(self._turn(), reason)

    @property
    def _question(self) -> Question | None:
        return self._cloud.session.question if self._cloud.session else None

    def _expire(self) -> None:
        session = self._cloud.session
        if session is not None and session.is_over(self._clock()):
            self.close(TIMED_OUT)

    def _launch(self, sentence: str) -> Spoken:
        turn = self._turn(sentence)
        self._cloud.send(turn, envelopes.launch_request(self._cloud.sender, self._clock()))
        return self._done(turn)

    def _turn(self, utterance: str = "", understood: Understood | None = None) -> Turn:
        return Turn(utterance, understood, calls_before=len(self._calls))

    def _done(self, turn: Turn) -> Spoken:
        """What came of a turn; the card that it shows stays in the app."""
        calls, is_open = self._calls[turn.calls_before :], self._cloud.session is not None
        spoken = turn.spoken(self._model, calls, session_open=is_open)
        self._card = spoken.card or self._card
        return spoken

    @property
    def _calls(self) -> Sequence[Call]:
        return self._services.calls if self._services else ()

    def _answer(self, turn: Turn, heard: Heard, question: Question | None) -> None:
        """Go on with what was asked, begin with another intent, or ask again."""
        understood = heard.understood
        if question is not None and heard.verdict is not None:
            self._cloud.go_on(turn, question, confirmed(question, yes=heard.verdict))
        elif question is not None and heard.answers:
            self._cloud.go_on(turn, question, filled(question, self._slots(understood)))
        elif understood.intent is not None:
            self._cloud.begin(turn, self._intent(understood, understood.intent))
        elif self._cloud.session is not None:
            self._unanswered(turn)

    def _unanswered(self, turn: Turn) -> None:
        """No answer, or none that means anything: Amazon treats both alike."""
        if not self._cloud.asks_again(turn):
            self._cloud.end(turn, TIMED_OUT)

    def _intent(self, understood: Understood, name: str) -> Envelope:
        unheard = {slot: envelopes.unheard_slot(slot) for slot in self._model.slot_types.get(name, {})}
        return envelopes.wire_intent(name, {**unheard, **self._slots(understood)})

    def _slots(self, understood: Understood) -> dict[str, Envelope]:
        fills = understood.slots.values()
        return {fill.name: envelopes.wire_slot(fill, self._skill_id, self._cloud.resolve) for fill in fills}


def _confirms(question: Question | None) -> bool:
    return question is not None and question.asks != "slot"
