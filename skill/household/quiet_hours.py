"""Quiet hours: a pure rule on the household's own clock."""

from datetime import datetime


def is_quiet(local: datetime, from_minute: int, until_minute: int) -> bool:
    """Whether `local` (the household's clock) falls in the quiet hours, which may span midnight.

    Minutes count from local midnight, 0 to 1439; equal ends mean that there are no quiet hours.
    """
    minute = local.hour * 60 + local.minute
    if from_minute <= until_minute:
        return from_minute <= minute < until_minute
    return minute >= from_minute or minute < until_minute
