"""Shares a whole amount over the lines of an order, so that the parts always sum to the whole."""

from collections.abc import Sequence


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """`total` over `weights` in whole units, by largest remainder; the first of equal remainders is first.

    The shares sum to `total` wherever some weight is positive, and are all 0 otherwise. Raises ValueError
    for a negative amount or weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("amounts and weights cannot be less than nothing")
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def part(share: int, count: int, quantity: int) -> int:
    """What the first `count` of `quantity` pieces have of a line's `share`; all of them have all of it."""
    return share * min(count, quantity) // quantity if quantity else 0
