"""The one tree of errors that are heard; what is heard is always a prompt, never the error's own text.

    SpokenError
    |-- NotAllowed        the member's role does not permit it
    |-- ChildMode         nothing can be bought while child mode is on
    +-- AccountNeeded     the speaker is not known: the answer carries a LinkAccount card

Features raise SpokenError itself with a prompt key of their own; the turn's writes are then undone.
"""

from collections.abc import Mapping
from typing import Any

from skill.conversation.turn import Reply


class SpokenError(Exception):
    """A request that cannot be met; `reply` is what to say instead."""

    def __init__(self, prompt: str, values: Mapping[str, object] | None = None, **more: Any) -> None:
        super().__init__(prompt)
        self.reply = Reply(prompt, values or {}, **more)


class NotAllowed(SpokenError):
    """The caller's role does not permit the intent."""

    def __init__(self) -> None:
        super().__init__("Error.not_allowed")


class ChildMode(SpokenError):
    """The intent buys, and child mode is on."""

    def __init__(self) -> None:
        super().__init__("Error.child_mode")


class AccountNeeded(SpokenError):
    """The intent needs a known household and the caller has none."""

    def __init__(self) -> None:
        super().__init__("Error.account_needed", link_account=True)
