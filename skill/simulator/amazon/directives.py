"""The progressive response: what a skill says while it still works on its answer.

Path, fields and 204: ask-sdk-model 1.82 (`services/directive`). "Unrecognized requestId" with 403 is the
real service's answer to a request that is not open (AWS re:Post). Five for each request is unverified.
"""

from dataclasses import dataclass

from skill.simulator.amazon.service import Asked, Refusal, Reply, Route, checked
from skill.simulator.checks.fields import Field, words

MAX_FOR_A_REQUEST = 5
FIELDS = (Field("header.requestId"), words("directive.type", "VoicePlayer.Speak"), Field("directive.speech"))


@dataclass(frozen=True)
class Progress:
    """What was said in between, and while which request was open."""

    request_id: str
    speech: str


class Directives:
    """Speaks for requests that are open, from `begin` to `end`; `spoken` is what was said, oldest first."""

    name = "directives"

    def __init__(self) -> None:
        self.spoken: list[Progress] = []
        self._open: dict[str, int] = {}
        self.routes = (Route("POST", "/v1/directives", self._speak, "json"),)

    def begin(self, request_id: str) -> None:
        """The request is open from now on."""
        self._open[request_id] = 0

    def end(self, request_id: str) -> None:
        """The request has been answered."""
        self._open.pop(request_id, None)

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}, the code being the status."""
        return Reply(refusal.status, {"code": refusal.status, "message": refusal.message})

    def denied(self) -> Refusal:
        """403: not now."""
        return Refusal(403, "FORBIDDEN", "The skill is not allowed to send directives at the moment.")

    def _speak(self, asked: Asked) -> Reply:
        if asked.grant is None or asked.grant.device_id is None:
            raise Refusal(401, "UNAUTHORIZED", "The authentication token is not valid.")
        body = checked(asked.body, FIELDS, "INVALID_REQUEST")
        request_id = str(body["header"]["requestId"])
        if request_id not in self._open:
            raise Refusal(403, "FORBIDDEN", f"Unrecognized requestId: {request_id[:100]}")
        if self._open[request_id] >= MAX_FOR_A_REQUEST:
            raise self.denied()
        self._open[request_id] += 1
        self.spoken.append(Progress(request_id, body["directive"]["speech"]))
        return Reply(204)
