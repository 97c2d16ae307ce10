"""When the diaper size last recorded for a child is so old that it is asked about before it is bought."""

from collections.abc import Mapping
from datetime import date, timedelta

WEEK = timedelta(weeks=1)
OLD_AFTER: Mapping[str, timedelta] = {"preemie": WEEK, "newborn": WEEK, "1": 3 * WEEK, "2": 5 * WEEK}
"""Half of the time that a fast-growing child spends in a size.

From the WHO Child Growth Standards, weight-for-age, boys, 85th percentile: 10 lb (the top of newborn) at 0.6
months, 14 lb (size 1) at 2.0, 18 lb (size 2) at 4.5; the bands are those that US brands print on their packs.
"""
OLD_AT_LATEST = 8 * WEEK


def is_old(size: str, sized_on: date | None, today: date) -> bool:
    """Whether a size recorded on `sized_on` may be outgrown by `today`; it may if the day is unknown."""
    return sized_on is None or today - sized_on >= OLD_AFTER.get(size, OLD_AT_LATEST)


def weeks_ago(sized_on: date | None, today: date) -> int | None:
    """Whole weeks since a size was recorded; None when the day is unknown or in this week."""
    return None if sized_on is None else (max(today - sized_on, timedelta(0)) // WEEK or None)
