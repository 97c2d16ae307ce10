"""Keeps a studio for each browser that has the page open: the oldest goes when there are too many."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Lock, RLock

from skill.simulator.studio import Studio

MOST_STUDIOS = 8
"""Each holds a database connection and everything said; a developer has one or two."""
ID_BYTES = 32

MakeStudio = Callable[[], AbstractContextManager[Studio]]
Homes = Mapping[str, MakeStudio]
"""What a studio can be opened in, by a name that people read; the first is where everybody begins."""


@dataclass
class Notice:
    """One sentence about what was done, or why it could not be done; shown once."""

    text: str
    is_error: bool = False


@dataclass
class Held:
    """One browser's studio. Whoever uses it holds `lock`: requests are answered by many threads."""

    home: str
    studio: Studio
    stack: ExitStack
    notice: Notice | None = None
    closed: bool = False
    lock: RLock = field(default_factory=RLock)


class Sessions:
    """The studios of all browsers, by the random id in their cookie."""

    def __init__(self, homes: Homes, most: int = MOST_STUDIOS) -> None:
        self.homes = homes
        self._most = most
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = Lock()

    @property
    def count(self) -> int:
        """How many studios there are."""
        return len(self._held)

    @contextmanager
    def use(self, session_id: str | None) -> Iterator[tuple[str, Held]]:
        """The studio of a session for the length of the block, and its id: a new one for an unknown id."""
        while True:
            session_id, held = self._found(session_id)
            with held.lock:
                if not held.closed:  # it may have had to go while this thread waited for it
                    yield session_id, held
                    return

    def start_over(self, session_id: str, home: str) -> None:
        """Give the session a new studio in `home`. Raises LookupError for a home that is not there."""
        if home not in self.homes:
            raise LookupError(f"There is no home {home!r}.")
        made = self._made(home)
        with self._lock:
            before = self._held.pop(session_id, None)
            self._held[session_id] = made
        _close(before)

    def close(self) -> None:
        """Close every studio."""
        with self._lock:
            held = list(self._held.values())
            self._held.clear()
        for each in held:
            _close(each)

    def _found(self, session_id: str | None) -> tuple[str, Held]:
        with self._lock:
            if session_id is not None and session_id in self._held:
                self._held.move_to_end(session_id)
                return session_id, self._held[session_id]
        made, new_id = self._made(next(iter(self.homes))), token_urlsafe(ID_BYTES)
        with self._lock:
            self._held[new_id] = made
            oldest = self._held.popitem(last=False)[1] if len(self._held) > self._most else None
        _close(oldest)
        return new_id, made

    def _made(self, home: str) -> Held:
        with ExitStack() as stack:
            studio = stack.enter_context(self.homes[home]())
            return Held(home, studio, stack.pop_all())


def _close(held: Held | None) -> None:
    if held is not None:
        with held.lock:
            held.closed = True
            held.stack.close()
