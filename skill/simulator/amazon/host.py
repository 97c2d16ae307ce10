"""The stand-in services together on one loopback port, with their tokens, faults and record of calls."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from skill.simulator.account import Account
from skill.simulator.amazon.calls import Call
from skill.simulator.amazon.customer import Addresses, Profiles, Settings
from skill.simulator.amazon.directives import Directives, Progress
from skill.simulator.amazon.events import Events, Message, Messages, ProactiveEvent
from skill.simulator.amazon.faults import Fault
from skill.simulator.amazon.login import Login
from skill.simulator.amazon.reminders import Reminder, Reminders
from skill.simulator.amazon.server import Incoming, LoopbackServer
from skill.simulator.amazon.service import Asked, Refusal, Reply, Route, Service, Takes
from skill.simulator.amazon.timers import Timer, Timers
from skill.simulator.amazon.tokens import Grant, Tokens
from skill.simulator.envelopes import Envelope

SECRETS = frozenset({"client_secret", "code", "refresh_token"})
"""Fields of a form that are not kept in the record."""


class AmazonServices:
    """Amazon's services for one account, from `with AmazonServices(account, clock) as services` to its end.

    `clock` gives the aware time that tokens, reminders and timers go by. Permissions, addresses and
    profiles are read from the account with every call, so a change counts at once. Nothing but loopback
    can connect, and no thread is left afterwards. With `tls` (see `skill.simulator.signing.local_tls`) they
    speak https on localhost, for skills whose client refuses http, as that of Amazon's Python SDK does.
    """

    def __init__(
        self, account: Account, clock: Callable[[], datetime], tls: ssl.SSLContext | None = None
    ) -> None:
        self.account = account
        self._clock = clock
        self._tokens = Tokens(clock)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._faults: dict[str, Fault] = {}
        self._calls: list[Call] = []
        self._reminders, self._timers = Reminders(account), Timers(account)
        self._directives, self._login = Directives(), Login(self._tokens)
        self._events, self._messages = Events(account), Messages(account)
        self._services: Sequence[Service] = (
            Addresses(account),
            Profiles(account),
            Settings(account),
            self._reminders,
            self._timers,
            self._directives,
            self._events,
            self._messages,
            self._login,
        )
        self._server = LoopbackServer(self._answer, tls)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.stop()

    @property
    def address(self) -> str:
        """Scheme, host and port: what requests carry as apiEndpoint."""
        return self._server.address

    @property
    def names(self) -> Sequence[str]:
        """The services that `behave` and `Call.service` name."""
        return tuple(service.name for service in self._services)

    @property
    def operations(self) -> Sequence[tuple[str, str, str]]:
        """All that can be called: service, method, path."""
        return tuple(
            (service.name, route.method, route.path) for service in self._services for route in service.routes
        )

    @property
    def calls(self) -> Sequence[Call]:
        """Every call so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._calls)

    @property
    def spoken(self) -> Sequence[Progress]:
        """What was said by progressive responses."""
        with self._lock:
            return tuple(self._directives.spoken)

    @property
    def reminders(self) -> Sequence[Reminder]:
        """The reminders there are, those that have rung among them."""
        with self._lock:
            return tuple(self._reminders.kept.values())

    @property
    def timers(self) -> Sequence[Timer]:
        """The timers that nobody cancelled."""
        with self._lock:
            return tuple(self._timers.kept.values())

    @property
    def events(self) -> Sequence[ProactiveEvent]:
        """The proactive events that were taken."""
        with self._lock:
            return tuple(self._events.taken)

    @property
    def messages(self) -> Sequence[Message]:
        """The messages to the skill that were taken."""
        with self._lock:
            return tuple(self._messages.taken)

    def token(self, device_id: str, person_id: str | None, *, in_session: bool = True) -> str:
        """The apiAccessToken of a new request; `in_session` false for one that answers a message."""
        with self._lock:
            return self._tokens.for_device(device_id, person_id, in_session=in_session)

    def authorization_code(self, scope: str) -> str:
        """A code that the token endpoint exchanges once for tokens of this scope."""
        with self._lock:
            return self._login.code(scope)

    def behave(self, service: str, fault: Fault | None) -> None:
        """Let a service misbehave from now on, or (None) be well again.

        Raises ValueError for a name that is not among `names`.
        """
        if service not in self.names:
            raise ValueError(f"There is no service {service!r}, only {', '.join(self.names)}.")
        with self._lock:
            self._faults.pop(service, None)
            if fault is not None:
                self._faults[service] = fault

    @contextmanager
    def asking(self, request_id: str) -> Iterator[None]:
        """While the block runs, the skill may speak in between for this request."""
        with self._lock:
            self._directives.begin(request_id)
        try:
            yield
        finally:
            with self._lock:
                self._directives.end(request_id)

    def around(self, skill: Callable[[Envelope], Envelope]) -> Callable[[Envelope], Envelope]:
        """The same skill, for whose requests progressive responses are taken while it works."""

        def asked(envelope: Envelope) -> Envelope:
            with self.asking(str((envelope.get("request") or {}).get("requestId"))):
                return skill(envelope)

        return asked

    def _answer(self, incoming: Incoming) -> Reply:
        started = time.perf_counter()
        path = unquote(urlsplit(incoming.target).path)
        service, route, params = self._route(incoming.method, path)
        body: Any = None
        if service is None:
            reply = Reply(404, {"message": "There is no such path."})
        elif route is None:
            reply = service.failure(Refusal(405, "METHOD_NOT_ALLOWED", "The method is not supported."))
        else:
            try:
                body = _body(incoming, route.takes)
                reply = self._served(
                    service, route, Asked(params, body, self._grant(incoming), self._clock())
                )
            except Refusal as refusal:
                reply = service.failure(refusal)
        ms = round((time.perf_counter() - started) * 1000, 1)
        name = service.name if service else "unknown"
        with self._lock:
            self._calls.append(Call(name, incoming.method, path, reply.status, _without_secrets(body), ms))
        return reply

    def _grant(self, incoming: Incoming) -> Grant | None:
        with self._lock:
            return self._tokens.grant(incoming.headers.get("authorization"))

    def _route(self, method: str, path: str) -> tuple[Service | None, Route | None, Mapping[str, str]]:
        found: Service | None = None
        for service in self._services:
            for route in service.routes:
                params = route.match(path)
                if params is None:
                    continue
                if route.method == method:
                    return service, route, params
                found = service
        return found, None, {}

    def _served(self, service: Service, route: Route, asked: Asked) -> Reply:
        with self._lock:
            fault = self._faults.get(service.name)
        match fault.kind if fault else None:
            case "denied":
                raise service.denied()
            case "empty":
                return Reply(204)
            case "throttled":
                raise Refusal(429, "TOO_MANY_REQUESTS", "The request is throttled.")
            case "down":
                raise Refusal(503, "SERVICE_UNAVAILABLE", "The service is not available.")
        if fault is not None:
            self._closing.wait(fault.seconds)
        with self._lock:
            return route.answer(asked)


def _body(incoming: Incoming, takes: Takes) -> Any:
    if takes == "nothing":
        return None
    if takes == "form":
        return dict(parse_qsl(incoming.body.decode("utf-8", "replace")))
    try:
        return json.loads(incoming.body)
    except (ValueError, RecursionError):
        raise Refusal(400, "INVALID_REQUEST", "The body is no JSON.") from None


def _without_secrets(body: Any) -> Any:
    if not isinstance(body, Mapping):
        return body
    return {name: value for name, value in body.items() if name not in SECRETS}
