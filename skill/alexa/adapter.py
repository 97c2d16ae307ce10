"""Puts the face together on ask-sdk-core: a skill for web adapters, and a function for everything else."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from ask_sdk_core.dispatch_components import (
    AbstractExceptionHandler,
    AbstractRequestHandler,
    AbstractRequestInterceptor,
    AbstractResponseInterceptor,
)
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.skill import CustomSkill
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope, Response, ResponseEnvelope

from skill.alexa import directives, handlers, responses
from skill.alexa.assistant import Assistant
from skill.alexa.handlers import Call, Handle, Outcome
from skill.alexa.request import Request, WrongApplication
from skill.alexa.serializer import ReceivedEnvelope, TolerantSerializer
from skill.conversation.locale_files import DEFAULT_LOCALE
from skill.conversation.turn import Answer, Caller
from skill.storage.errors import DatabaseError

__all__ = ["WrongApplication", "make_handler", "make_skill"]

log = logging.getLogger("restock.alexa")

LAST_RESORT = "Sorry, something went wrong. Please try again later."
"""Said when even the apology of the locale files cannot be rendered."""


def make_handler(assistant: Assistant, skill_id: str | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function from request envelope to response envelope, for Lambda and for calls in process.

    Given a `skill_id`, requests of other applications raise WrongApplication. Beyond that it never
    raises: whatever comes is answered. Directives get their typed error without touching the skill.
    """
    skill = FailSafeSkill(assistant)

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        if directives.is_directive(event):
            return directives.refuse(event)
        envelope = skill.serializer.receive(event)
        if skill_id is not None:
            Request(envelope.raw).require_application(skill_id)
        answered: dict[str, Any] = skill.serializer.serialize(skill.invoke(envelope, None))
        return answered

    return handle


def make_skill(assistant: Assistant) -> CustomSkill:
    """The skill for flask-ask-sdk's SkillAdapter; its caller has verified the application id."""
    return FailSafeSkill(assistant)


class FailSafeSkill(CustomSkill):
    """The SDK's skill with a tolerant serializer, and with an answer even where the SDK itself fails."""

    serializer: TolerantSerializer

    def __init__(self, assistant: Assistant) -> None:
        builder = SkillBuilder()
        for beginnings, handle in handlers.ROUTES:
            builder.add_request_handler(Route(assistant, beginnings, handle))
        builder.add_global_request_interceptor(Localise(assistant))
        builder.add_global_request_interceptor(Identify(assistant))
        builder.add_global_response_interceptor(LogRequest())
        builder.add_exception_handler(Apologise(assistant))
        super().__init__(builder.skill_configuration)
        self.serializer = TolerantSerializer()
        self._assistant = assistant

    def invoke(self, request_envelope: RequestEnvelope, context: Any) -> ResponseEnvelope:
        """Answer the envelope; nothing is raised."""
        try:
            return super().invoke(request_envelope, context)
        except Exception as error:
            outcome = after_failure(self._assistant, _request(request_envelope), DEFAULT_LOCALE, error)
            response = responses.spoken(outcome) if isinstance(outcome, Answer) else outcome
            return ResponseEnvelope(response=response, version="1.0")


class Route(AbstractRequestHandler):
    """Serves the request types that begin with one of `beginnings`."""

    def __init__(self, assistant: Assistant, beginnings: tuple[str, ...], handle: Handle) -> None:
        self._assistant = assistant
        self._beginnings = beginnings
        self._handle = handle

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Whether the request is of such a type."""
        return _request(handler_input.request_envelope).type.startswith(self._beginnings)

    def handle(self, handler_input: HandlerInput) -> Response:
        """Run the type's function and say what it answers."""
        call = _call(handler_input)
        return _response(handler_input, self._handle(self._assistant, call))


class Localise(AbstractRequestInterceptor):
    """Finds the locale that serves the request, so that even an apology is in its language."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def process(self, handler_input: HandlerInput) -> None:
        """Leave a Call with an unknown caller among the request attributes."""
        request = _request(handler_input.request_envelope)
        call = Call(request, request.locale, self._assistant.now(), Caller())
        handler_input.attributes_manager.request_attributes["call"] = call


class Identify(AbstractRequestInterceptor):
    """Finds out who speaks, for requests that become turns; the others must not create anybody."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def process(self, handler_input: HandlerInput) -> None:
        """Put the caller into the Call."""
        call = _call(handler_input)
        if call.request.type in handlers.CONVERSATION:
            caller = self._assistant.caller(call.request.speaker, call.at)
            handler_input.attributes_manager.request_attributes["call"] = replace(call, caller=caller)


class LogRequest(AbstractResponseInterceptor):
    """Logs that a request was answered; its turn, if it became one, is logged by the core."""

    def process(self, handler_input: HandlerInput, response: Response) -> None:
        """One line without anything that was said."""
        call = _call(handler_input)
        request = call.request
        fields = {"request_id": request.id, "type": request.type, "locale": call.locale}
        log.info("request", extra=fields)


class Apologise(AbstractExceptionHandler):
    """Answers whatever a handler raised, in the language of the request."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def can_handle(self, handler_input: HandlerInput, exception: Exception) -> bool:
        """Every exception."""
        return True

    def handle(self, handler_input: HandlerInput, exception: Exception) -> Response:
        """Say that it did not work; types that must not be spoken to stay silent."""
        call = handler_input.attributes_manager.request_attributes.get("call")
        locale = call.locale if isinstance(call, Call) else DEFAULT_LOCALE
        request = _request(handler_input.request_envelope)
        return _response(handler_input, after_failure(self._assistant, request, locale, exception))


def after_failure(assistant: Assistant, request: Request, locale: str, error: Exception) -> Outcome:
    """What to answer when answering failed; logs the error without its text, which may hold names."""
    log.error(
        "request failed", extra={"type": request.type, "error": type(error).__name__, "where": _trace(error)}
    )
    if request.type == handlers.CAN_FULFILL:
        return responses.fulfillment(False, request.slot_names, {})
    if not handlers.speaks(request.type):
        return responses.silent()
    key = "Error.unavailable" if isinstance(error, DatabaseError) else "Error.internal"
    try:
        return assistant.apologise(locale, key)
    except Exception as second:
        log.error("no apology", extra={"error": type(second).__name__, "where": _trace(second)})  # noqa: TRY400
        return Answer("Error.internal", f"<speak>{LAST_RESORT}</speak>", LAST_RESORT, session_open=False)


def _trace(error: Exception) -> str:
    """Where the error arose, innermost last: file, line and function, without any value."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join(f"{Path(frame.filename).stem}:{frame.lineno} {frame.name}" for frame in frames)


def _request(envelope: RequestEnvelope) -> Request:
    return Request(envelope.raw if isinstance(envelope, ReceivedEnvelope) else {})


def _call(handler_input: HandlerInput) -> Call:
    return cast(Call, handler_input.attributes_manager.request_attributes["call"])


def _response(handler_input: HandlerInput, outcome: Outcome) -> Response:
    if isinstance(outcome, Response):
        return outcome
    envelope = handler_input.request_envelope
    if envelope.session is not None:
        handler_input.attributes_manager.session_attributes = dict(outcome.session)
    request = _request(envelope)
    if outcome.elicit and outcome.elicit["intent"] == request.intent:
        return responses.spoken(outcome, request.slot_names, request.heard)
    return responses.spoken(outcome)
