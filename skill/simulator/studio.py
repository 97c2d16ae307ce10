"""A household in front of a skill: who speaks where and when, everything said so far, and why it was so."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from skill.simulator import studio_fixture, transcript
from skill.simulator.account import Account, Screen
from skill.simulator.amazon import AmazonServices, fault_named
from skill.simulator.device import Device
from skill.simulator.events import EVENTS
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import House
from skill.simulator.studio_reasons import reasons
from skill.simulator.studio_rooms import SPEAKER, Rooms
from skill.simulator.studio_turns import Act, Exchange, Kept, Place, compared, spoken
from skill.simulator.transcript import Witness

__all__ = ["SCOPES", "SCREENS", "SPEAKER", "Act", "Exchange", "Fresh", "Place", "Studio"]

SCREENS: tuple[Screen, ...] = get_args(Screen)
SCOPES = {
    "address": "read::alexa:device:all:address",
    "postal-code": "read::alexa:device:all:address:country_and_postal_code",
    "name": "alexa::profile:name:read",
    "given-name": "alexa::profile:given_name:read",
    "email": "alexa::profile:email:read",
    "mobile-number": "alexa::profile:mobile_number:read",
    "reminders": "alexa::alerts:reminders:skill:readwrite",
    "timers": "alexa::alerts:timers:skill:readwrite",
    "notifications": "alexa::devices:all:notifications:write",
    "location": "alexa::devices:all:geolocation:read",
}
"""Short names of the permissions that a skill can ask for, and their scopes."""

Fresh = Callable[[StudioClock], AbstractContextManager[House]]
"""Gives the house again as it was at the start, on a clock of its own, for the length of a block."""


class Studio:
    """One household in front of one skill: devices, people, a clock that can be moved, all said so far.

    `clock` must be the one that the skill in `house` reads. With `fresh`, a replay starts where the house
    stood when the studio was made; without, it is a new session with the skill as it is now. `recorder` gives
    the world that fixtures start in, unless the house itself is one.
    """

    def __init__(
        self,
        house: House,
        clock: StudioClock,
        *,
        fresh: Fresh | None = None,
        recorder: Fresh | None = None,
    ) -> None:
        self.house = house
        self.clock = clock
        self.exchanges: list[Exchange] = []
        self.place = Place(None, SPEAKER, None, house.models.locales[0], "none")
        self.started = clock()
        self._fresh = fresh
        self._recorder = recorder
        self._kept: list[Kept] = []
        self._rooms = Rooms(house, clock)
        self._witness = Witness()
        house.observe(self._witness)

    # --- turns

    def say(self, sentence: str) -> Exchange:
        """One sentence; what is no text (a broken byte of a terminal) is said as "?"."""
        return self._done(Act("say", sentence.encode(errors="replace").decode()))

    def silence(self) -> Exchange | None:
        """Nobody answers: the reprompt is heard, then the session ends. None when nothing was open."""
        return self._do(Act("silence"))

    def touch(self, arguments: Sequence[object], source: Mapping[str, object] | None = None) -> Exchange:
        """A touch of the screen; `arguments` are what the touched part sends, `source` tells which it was."""
        return self._done(Act("touch", body=list(arguments), source=source))

    def fire(self, event: str, body: Mapping[str, object] | None = None) -> Exchange:
        """A skill event by its short or its wire name. Raises LookupError for one that does not exist."""
        return self._done(Act("event", event, body))

    def can_fulfill(self, sentence: str) -> Exchange:
        """Amazon asks, in no session and without naming anybody, whether the skill could do this."""
        return self._done(Act("can-fulfill", sentence))

    # --- the home

    @property
    def account(self) -> Account:
        """The Amazon account of who speaks now."""
        return self._rooms.account(self.place.user)

    @property
    def device(self) -> Device:
        """The device that is spoken to now."""
        return self._rooms.device(self.place)

    @property
    def services(self) -> AmazonServices:
        """Amazon's services as the account of who speaks now has them."""
        return self._rooms.services(self.place.user)

    def use(
        self,
        *,
        user: str | None = None,
        device: str | None = None,
        person: str | None = None,
        locale: str | None = None,
        screen: str | None = None,
    ) -> Place:
        """Another user, device, recognised person, locale or screen; None keeps what is, "" is the usual.

        A device that was not there before is set up, without a screen unless one is named. Raises LookupError
        for a user, person, locale or screen that does not exist, and changes nothing then.
        """
        now = self.place
        if screen is not None and (screen or "none") not in SCREENS:
            raise LookupError(f"There is no screen {screen!r}; there are {', '.join(SCREENS)}.")
        place = Place(
            user=now.user if user is None else (user.strip() or None),
            device=now.device if device is None else (device.strip().lower() or SPEAKER),
            person=now.person if person is None else (person.strip() or None),
            locale=now.locale if locale is None else (locale or self.house.models.locales[0]),
            screen=now.screen,
        )
        known = self._rooms.state(place)
        wanted: Any = (screen or "none") if screen is not None else (known.screen if known else "none")
        self._go(replace(place, screen=wanted))
        return self.place

    def devices(self) -> list[str]:
        """The names of the current user's devices, in the order they were set up."""
        return self._rooms.devices(self.place.user)

    def move_clock(self, to: timedelta | datetime | None) -> datetime:
        """Move the clock of the skill and the devices; None is the real time. Raises ValueError."""
        return self.clock.move(to)

    def permission(self, name: str, granted: bool | None) -> str:
        """Grant or refuse what SCOPES or a scope names; None is as if never asked. Gives the scope.

        Raises LookupError for a name that is neither.
        """
        scope = SCOPES.get(name, name)
        if "::" not in scope:
            raise LookupError(f"There is no permission {name!r}; there are {', '.join(SCOPES)}.")
        if granted is None:
            self.account.permissions.pop(scope, None)
        else:
            self.account.permissions[scope] = granted
        self._kept.append(Kept(self.clock(), self.place, permission=(scope, granted)))
        return scope

    def grant(self, *, granted: bool) -> list[str]:
        """Answer the consent card that the device was shown last; gives the scopes it asks for.

        Raises LookupError when no card asks.
        """
        scopes = list(self.device.grant(granted=granted))
        for scope in scopes:
            self.permission(scope, granted)
        return scopes

    def fault(self, service: str, behaviour: str) -> None:
        """Let a service of Amazon's misbehave: denied, empty, throttled, down, "slow SECONDS"; well again.

        Raises ValueError for another name or behaviour.
        """
        self.services.behave(service, fault_named(behaviour))
        self._kept.append(Kept(self.clock(), self.place, fault=(service, behaviour)))

    def close(self) -> None:
        """Leave every open session and end the services."""
        self._rooms.close()

    # --- looking at it

    def exchange(self, index: int = -1) -> Exchange:
        """A turn by its place in `exchanges`; raises LookupError when there were fewer."""
        try:
            return self.exchanges[index]
        except IndexError:
            count = len(self.exchanges)
            raise LookupError(f"Turns so far: {count}." if count else "Nothing was said yet.") from None

    def why(self, index: int = -1) -> dict[str, Any]:
        """Why a sentence was understood as it was; raises LookupError when there were fewer turns."""
        return reasons(self.exchange(index).spoken)

    def state(self) -> dict[str, Any]:
        """What the skill keeps for who speaks now; empty where nobody can tell, as over HTTP."""
        if self.house.state is None:
            return {}
        return self.house.state(self.account.user_id, self.device.person_id)

    def suggestions(self, typed: str = "") -> list[str]:
        """Things to say: sentences that begin as `typed` does; without it what to try, or what answers."""
        suggestions = self.house.models.suggestions(self.place.locale)
        if typed.strip():
            return suggestions.starting(typed)
        asked = self.device.context
        if asked.elicit is not None:
            return suggestions.answers(*asked.elicit) or suggestions.openers()
        if asked.expects_yes_no:
            return suggestions.assent
        return suggestions.openers()

    def continuations(self, typed: str) -> list[str]:
        """The lines that a line may become by completion: together they cover all that begin as `typed`."""
        suggestions = self.house.models.suggestions(self.place.locale)
        return suggestions.continuations(typed) if typed.strip() else self.suggestions()

    def events(self) -> list[str]:
        """The short names of the skill events that can be fired."""
        return list(EVENTS)

    def local_time(self) -> datetime:
        """What the clock shows where the device stands."""
        return self.clock().astimezone(ZoneInfo(self.device.state.zone))

    def replay(self) -> Iterator[Exchange]:
        """Do everything again from the start, each turn at its own moment; each tells its `differences`.

        A house that can be had as it was (`fresh`) is; otherwise the skill is asked again, now.
        """
        yield from self._again(self._fresh)

    def recorded(self) -> Iterator[Exchange]:
        """Everything as a fixture would hear it; `differences` tell where that is not what was heard here."""
        yield from self._again(self._recorder) if self._recorder else iter(self.exchanges)

    def fixture(self, name: str, exchanges: Sequence[Exchange] | None = None) -> str:
        """TOML of everything done since the start, expecting what `exchanges` (`recorded`) tell.

        Raises ValueError when nothing was done.
        """
        found = list(self.recorded()) if exchanges is None else exchanges
        return studio_fixture.fixture(name, found, self.house.world)

    # --- inside

    def _again(self, fresh: Fresh | None) -> Iterator[Exchange]:
        clock = StudioClock(self.clock.real, self.started, running=False) if fresh else self.clock
        with (
            fresh(clock) if fresh else nullcontext(self.house) as house,
            closing(Studio(house, clock)) as studio,
        ):
            for kept in list(self._kept):
                if fresh:
                    clock.move(kept.at)
                studio._go(kept.place)
                again = studio._redo(kept)
                if again is not None:
                    yield again

    def _redo(self, kept: Kept) -> Exchange | None:
        if kept.permission:
            self.permission(*kept.permission)
        if kept.fault:
            self.fault(*kept.fault)
        return compared(kept.first, self._do(kept.first.act)) if kept.first else None

    def _go(self, place: Place) -> None:
        self._rooms.go(self.place, place)
        self.place = place

    def _done(self, act: Act) -> Exchange:
        found = self._do(act)
        assert found is not None  # only silence may come to nothing
        return found

    def _do(self, act: Act) -> Exchange | None:
        at, counts, progress = self.clock(), self._counts(), len(self.services.spoken)
        granted = tuple(scope for scope, given in self.account.permissions.items() if given)
        found = spoken(self.device, act)
        if found is None:
            return None
        entry = transcript.entry(found, self._witness.take(), self.place.locale.split("-")[0])
        grown = {name: count - counts.get(name, 0) for name, count in self._counts().items()}
        exchange = Exchange(
            act,
            found,
            entry,
            at,
            self.place,
            effects={name: count for name, count in grown.items() if count},
            meanwhile=tuple(said.speech for said in self.services.spoken[progress:]),
            granted=granted,
        )
        self.exchanges.append(exchange)
        self._kept.append(Kept(at, self.place, exchange))
        return exchange

    def _counts(self) -> Mapping[str, int]:
        return self.house.counts() if self.house.counts else {}
