"""Amazon's side of a skill: it calls the skill, keeps the session, plays dialogs and carries out tasks.

Auto-delegation calls the skill once, when the dialog is complete. Otherwise the skill is called each turn,
and where it answers Dialog.Delegate and nothing is left to ask, at once again with COMPLETED (seen in public
reports; [unverified] for an intent that is complete from its first sentence).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from skill.simulator import connections, dialog, envelopes
from skill.simulator.account import Account, DeviceState
from skill.simulator.cloud_words import sorry
from skill.simulator.dialog import Question, Step
from skill.simulator.dialog_model import DialogIntent
from skill.simulator.dynamic_entities import DynamicEntities, Listed, resolutions
from skill.simulator.envelopes import Envelope
from skill.simulator.exchange import INTERNAL, INVALID, Failure, Skill, exchange
from skill.simulator.services import Services
from skill.simulator.sessions import RENDER, Session, after, listed
from skill.simulator.skill_model import SkillModel
from skill.simulator.surroundings import Sender
from skill.simulator.turn import Turn
from skill.understanding import SlotFill
from skill.understanding.model import BUILT_IN, read_values

MOST_CALLS = 10
"""So often may one turn call the skill, which may delegate from intent to intent; ours [unverified]."""


class Cloud:
    """What Amazon's cloud knows and does for one device; `session` is the open one, None between sessions."""

    def __init__(
        self,
        skill: Skill,
        model: SkillModel,
        account: Account,
        state: DeviceState,
        skill_id: str,
        clock: Callable[[], datetime],
        services: Services | None,
    ) -> None:
        self.session: Session | None = None
        self.dynamic = DynamicEntities()
        self.person_id: str | None = None
        self._skill = skill
        self._model = model
        self._account = account
        self._state = state
        self._skill_id = skill_id
        self._clock = clock
        self._services = services
        self._shown: str | None = None
        self._asked: dict[str, int] = {}
        self._listed: dict[str, Listed] = {}

    @property
    def now(self) -> datetime:
        """The moment in the device's zone."""
        return self._clock().astimezone(ZoneInfo(self._state.zone))

    @property
    def sender(self) -> Sender:
        """Who a request comes from, as things stand."""
        account, state, services = self._account, self._state, self._services
        person = account.person(self.person_id)
        return Sender(
            self._skill_id,
            account.user_id,
            state.device_id,
            state.locale,
            person_id=self.person_id,
            access_token=account.access_token,
            person_token=person.access_token if person else None,
            screen=state.screen,
            shown=self._shown,
            endpoint=services.address if services else None,
            api_token=services.token(state.device_id, self.person_id) if services else "offline",
        )

    def begin(self, turn: Turn, intent: Envelope) -> None:
        """A sentence of an intent: a dialog of Amazon's side begins, or the skill is called."""
        plan = self._plan(intent)
        if plan is not None and plan.auto:
            self._play(turn, intent, plan, auto=True)
            return
        complete = plan is None and self._model.dialogs.auto
        state = "COMPLETED" if complete else "STARTED"
        self._tell(turn, intent, state if self._model.slot_types.get(intent["name"]) else None)

    def go_on(self, turn: Turn, question: Question, intent: Envelope) -> None:
        """An answer to a question, with what it makes of the intent."""
        plan = self._plan(intent)
        if question.auto and plan is not None:
            self._play(turn, intent, plan, auto=True, before=question)
        else:
            self._tell(turn, intent, "IN_PROGRESS")

    def send(self, turn: Turn, request: Envelope, *, fresh: bool = False) -> None:
        """Call the skill in the open session or in a new one, and do what its response asks for."""
        session = Session(self._clock()) if fresh or self.session is None else self.session
        if len(turn.exchanges) == MOST_CALLS:
            self._fail(
                turn, session, Failure(INTERNAL, f"The skill was called {MOST_CALLS} times in one turn.")
            )
            return
        sent = envelopes.envelope(self.sender, session.wire, request)
        done = exchange(self._skill, sent, self._clock, screen=self._state.screen != "none")
        turn.exchanges.append(done)
        if done.failure:
            self._fail(turn, session, done.failure)
            return
        turn.answered(done)
        self._respond(turn, session, request, done.response)

    def notify(self, turn: Turn, sent: Envelope) -> None:
        """Call the skill outside any session; its response is judged and not heard."""
        done = exchange(self._skill, sent, self._clock, screen=False)
        turn.exchanges.append(done)

    def end(self, turn: Turn, reason: str, error: tuple[str, str] | None = None) -> None:
        """End the open session, if any, and tell the skill, which has no say in it."""
        session, self.session = self.session, None
        if session is None or (session.new and error is None):
            return
        told = envelopes.session_ended_request(self.sender, self._clock(), reason, error)
        turn.ended = envelopes.envelope(self.sender, replace(session, new=False).wire, told)
        exchange(self._skill, turn.ended, self._clock, screen=False)

    def asks_again(self, turn: Turn) -> bool:
        """Say the reprompt, or the question of Amazon's side again; False where nothing is left to say."""
        session = self.session
        if session is None or not session.listening or session.reprompted or session.reprompt is None:
            return False
        turn.says(session.reprompt, "cloud" if session.by_cloud else "skill", session.reprompt)
        turn.intent = session.question.intent if session.question else None
        self.session = replace(session, reprompted=True)
        return True

    def _tell(self, turn: Turn, intent: Envelope, state: str | None) -> None:
        turn.intent = intent
        self.send(turn, envelopes.intent_request(self.sender, self._clock(), intent, state))

    def _plan(self, intent: Envelope) -> DialogIntent | None:
        return self._model.dialogs.intents.get(str(intent.get("name")))

    def _play(
        self, turn: Turn, intent: Envelope, plan: DialogIntent, *, auto: bool, before: Question | None = None
    ) -> None:
        """Ask what the dialog needs next, or call the skill when it is complete."""
        step = dialog.next_step(plan, intent, self.now)
        if step is None:
            self._tell(turn, intent, "COMPLETED")
            return
        misses = before.misses + 1 if before is not None and before.same_as(step) else 0
        turn.intent = intent
        if misses >= dialog.MOST_MISSES:
            self.end(turn, "EXCEEDED_MAX_REPROMPTS")
        else:
            self._ask(turn, step, Question(intent, step.asks, step.slot, auto=auto, misses=misses))

    def _ask(self, turn: Turn, step: Step, question: Question) -> None:
        """Speak a prompt of the model; its variations take turns."""
        variations = self._model.dialogs.prompts[step.prompt]
        number = self._asked.get(step.prompt, 0)
        self._asked[step.prompt] = number + 1
        said, again = (dialog.prompt_ssml(variations, question.intent, number + one) for one in (0, 1))
        turn.says(said, "cloud", again)
        session = self.session or Session(self._clock())
        self.session = replace(
            session,
            since=self._clock(),
            question=question,
            expects_yes_no=False,
            listening=True,
            reprompt=again,
            by_cloud=True,
            reprompted=False,
        )

    def _respond(self, turn: Turn, session: Session, request: Envelope, answered: Envelope) -> None:
        """What the directives of a response ask for; the rest of it was heard already."""
        response = answered.get("response") or {}
        directives = listed(response)
        self.dynamic.update(directives, self._clock())
        self._show(directives)
        handed = next((one for one in directives if one.get("type") == connections.START), None)
        if handed is not None:
            self.session = None
            self._carry_out(turn, handed, request)
            return
        intent = request.get("intent")
        fault = next(filter(None, map(dialog.intent_fault, directives)), "")
        if fault:
            self._fail(turn, session, Failure(INVALID, fault))
            return
        delegated = next((one for one in directives if one.get("type") == dialog.DELEGATE), None)
        if delegated is not None:
            attributes = answered.get("sessionAttributes") or {}
            self.session = replace(session, new=False, attributes=attributes)
            self._delegate(turn, self.session, delegated, request)
            return
        question = dialog.question_of(directives, intent)
        if question is not None:
            question = replace(question, intent=self._completed(question.intent))
        screen = self._state.screen != "none"
        self.session = after(session, answered, question, self._clock(), screen=screen)

    def _delegate(self, turn: Turn, session: Session, directive: Envelope, request: Envelope) -> None:
        """The skill leaves the next step to Amazon's side, for this intent or for another one."""
        before = request.get("intent")
        about = dialog.updated_intent(directive, before)
        wrong = self._undelegable(about)
        if about is None or wrong:
            self._fail(turn, session, Failure(INVALID, wrong))
            return
        intent = self._completed(about)
        chained = before is None or before["name"] != intent["name"]
        plan = self._plan(intent) or DialogIntent(intent["name"], auto=False)
        question = session.question if not chained else None
        auto = plan.auto and chained
        done = dialog.next_step(plan, intent, self.now) is None
        if done and not chained and request.get("dialogState") == "COMPLETED":
            self._fail(
                turn, session, Failure(INVALID, "Dialog.Delegate, but the dialog is already complete.")
            )
            return
        self._play(turn, intent, plan, auto=auto, before=question)

    def _undelegable(self, intent: Envelope | None) -> str:
        """Why a dialog about an intent cannot be, "" where it can."""
        name = str((intent or {}).get("name"))
        if intent is None:
            return "Dialog.Delegate answers a request without an intent and names none."
        if name.startswith(BUILT_IN) or name not in self._model.slot_types:
            return f"Dialog.Delegate names {name}, which is no custom intent of the model."
        return ""

    def _completed(self, intent: Envelope) -> Envelope:
        types = self._model.slot_types.get(str(intent["name"]), {})
        return dialog.complete(intent, types, self.resolve)

    def resolve(self, fill: SlotFill) -> list[Envelope]:
        """The authorities' entries for a value that was heard, or that the skill put into a slot."""
        known, added = (self._model.values.get(fill.type), self.dynamic.current(self._clock()).get(fill.type))
        if known is not None and fill.type not in self._listed:
            self._listed[fill.type] = Listed(known, self._model.language)
        ours = Listed(read_values(added, fill.type), self._model.language) if added else None
        return resolutions(fill, ours, self._listed.get(fill.type), self._skill_id)

    def _carry_out(self, turn: Turn, directive: Envelope, request: Envelope) -> None:
        """A task is done by somebody else; the skill comes back in a new session, or only hears of errors."""
        ended = connections.carry_out(directive, self._account)
        turn.connection, turn.permission = ended.cause, ended.permission
        if directive.get("onCompletion") != connections.ERRORS_ONLY:
            resumed = envelopes.request(envelopes.RESUMED, self.sender, self._clock(), cause=ended.cause)
            self.send(turn, resumed, fresh=True)
        elif ended.failed:
            error = {"type": INTERNAL, "message": ended.cause["status"]["message"]}
            about = {"requestId": request["requestId"]}
            told = envelopes.request(connections.FAILED, self.sender, self._clock(), error=error, cause=about)
            self.notify(turn, envelopes.event_envelope(self.sender, told))

    def _fail(self, turn: Turn, session: Session, failure: Failure) -> None:
        """The response does not count: Amazon's side apologises and ends the session with an error."""
        self.session = session
        turn.fails(sorry(failure.type, self._model.language))
        self.end(turn, "ERROR", (failure.type, failure.message))

    def _show(self, directives: list[Envelope]) -> None:
        """Remember which document is on the screen."""
        for directive in directives:
            if directive.get("type") == RENDER and self._state.screen != "none":
                self._shown = str(directive.get("token") or "")
