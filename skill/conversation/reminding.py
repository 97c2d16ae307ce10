"""The port to the reminders of the shopper's own assistant; a face that has them gives it to its turns."""

from datetime import datetime
from typing import Protocol


class NotReminded(Exception):
    """No reminder was set; `reason` is not_permitted, full or unavailable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reminders(Protocol):
    """Reminders that ring on the device; they can only be set while somebody speaks to it."""

    def check(self) -> None:
        """Raises NotReminded when none could be set now."""

    def create(self, text: str, locale: str, rings_at: datetime, now: datetime) -> None:
        """Set one that says `text` at `rings_at` (aware, in the household's zone). Raises NotReminded."""
