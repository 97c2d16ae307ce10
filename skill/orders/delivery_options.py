"""Pure rules of choosing a way to deliver: by what matters to the shopper, by day, or by the time of day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from skill.orders.ports import DeliveryOption, Offer, Slot
from skill.understanding.wire import PartOfDay, Range

STANDARD, TOGETHER = "standard", "together"
"""Slugs of the way that is meant unless another is named, and of arriving with an open order."""
PARTS: Mapping[PartOfDay, tuple[time, time]] = {
    "MO": (time(5), time(11, 59)),
    "AF": (time(12), time(16, 59)),
    "EV": (time(17), time(23, 59)),
    "NI": (time(19), time(23, 59)),
}
"""When a slot may begin to be in a part of the day, both ends included."""
ALTERNATIVES = 2
Options = Sequence[DeliveryOption]


def fastest(options: Options) -> DeliveryOption | None:
    """The one that is there first, by day and slot; of equals the cheaper."""
    return min(options, key=lambda one: (one.day, _begins(one.slot), one.charge_cents), default=None)


def cheapest(options: Options) -> DeliveryOption | None:
    """The one with the lowest charge, of equals the one that is there first; points are no money."""
    return min(options, key=lambda one: (one.charge_cents, one.day, _begins(one.slot)), default=None)


def greenest(options: Options) -> DeliveryOption | None:
    """The one with the lowest estimate, judged by its upper end; None where nothing is estimated."""
    estimated = [(one.carbon.most_g, one.day, one) for one in options if one.carbon is not None]
    return min(estimated, key=lambda one: one[:2])[2] if estimated else None


def no_rush(options: Options) -> DeliveryOption | None:
    """The one that credits most for waiting; None where none does."""
    credited = [one for one in options if one.credit_points]
    return max(credited, key=lambda one: one.credit_points, default=None)


def together(options: Options) -> DeliveryOption | None:
    """The one that arrives with an open order."""
    return next((one for one in options if one.joins), None)


WAYS: Mapping[str, Callable[[Options], DeliveryOption | None]] = {
    "fastest": fastest,
    "cheapest": cheapest,
    "greenest": greenest,
    "no_rush": no_rush,
    "together": together,
}
"""What can be asked for in a word, and how it is found."""


def on_day(options: Options, days: Range | None, at: time | PartOfDay | None) -> DeliveryOption | None:
    """The cheapest on one of `days` (any for None), in a slot that `at` falls into; None where there is none.

    A clock time without a half of the day may mean either.
    """
    fitting = [one for one in options if days is None or days[0] <= one.day < days[1]]
    if at is not None:
        fitting = [one for one in fitting if one.slot is not None and _is_at(one.slot, at)]
    return cheapest(fitting)


def nearest(options: Options, wanted: date | None) -> list[DeliveryOption]:
    """At most two, nearest to the day that was wanted, the sooner first."""
    first = wanted or min((one.day for one in options), default=date.min)
    by_distance = sorted(options, key=lambda one: (abs((one.day - first).days), one.charge_cents))
    return sorted(by_distance[:ALTERNATIVES], key=_moment)


def in_order(options: Iterable[DeliveryOption]) -> list[DeliveryOption]:
    """By the moment of arrival."""
    return sorted(options, key=_moment)


def joined(offer: Offer, reference: str, due: date) -> Offer:
    """The offer with one more way: together with the open order `reference`, which is due on `due`."""
    if offer.joining_cents is None:
        return offer
    own = offer.options or (DeliveryOption(STANDARD, offer.delivery_date, offer.delivery_cents),)
    return replace(offer, options=(*own, DeliveryOption(TOGETHER, due, offer.joining_cents, joins=reference)))


def worth_a_hint(options: Options, *, waiting: bool) -> DeliveryOption | None:
    """A way to tell of unasked, beside the first: arriving with an open order where that costs less or is no
    later; else, if `waiting` may be spoken of, the one that credits it."""
    first, with_open = options[0] if options else None, together(options)
    if first is None or first.joins or first.credit_points:
        return None
    if with_open and (with_open.charge_cents < first.charge_cents or with_open.day <= first.day):
        return with_open
    return no_rush(options) if waiting else None


def _is_at(slot: Slot, at: time | PartOfDay) -> bool:
    if not isinstance(at, time):
        begins, ends = PARTS[at]
        return begins <= slot.begins <= ends
    halves = [at] if at.hour >= 12 else [at, at.replace(hour=at.hour + 12)]
    return any(slot.begins <= half < slot.ends for half in halves)


def _begins(slot: Slot | None) -> time:
    return slot.begins if slot else time.max


def _moment(option: DeliveryOption) -> tuple[date, time, int]:
    return option.day, _begins(option.slot), option.charge_cents
