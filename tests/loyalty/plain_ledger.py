"""Points the slow, plain way, counted from the start for each question: what the ledger is compared with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skill.loyalty.rules import Balance


class Refused(Exception):
    """The plain ledger would not do it either."""


@dataclass
class PlainClaim:
    """One claim: `state` as it was last told, whatever the clock says since."""

    points: int
    member: int
    until: datetime
    state: str = "open"

    def open_at(self, at: datetime) -> bool:
        """Whether its points are set aside at `at`."""
        return self.state == "open" and at <= self.until


@dataclass
class PlainLedger:
    """Everything that happened to one household."""

    earned: dict[int, int] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    claims: list[PlainClaim] = field(default_factory=list)

    def balance(self, at: datetime) -> Balance:
        """What is left of everything earned, counted anew."""
        free = self.free(at)
        held = sum(claim.points for claim in self.claims if claim.open_at(at))
        return Balance(max(0, free), held, max(0, -free))

    def free(self, at: datetime) -> int:
        """What is neither spent nor held; below zero when points of returned goods are gone."""
        points = sum(self.earned.values()) - sum(self.taken_back(order) for order in self.returned)
        return points - sum(
            claim.points for claim in self.claims if claim.state == "captured" or claim.open_at(at)
        )

    def taken_back(self, order: int) -> int:
        """What an order of three pieces earned for those that were returned."""
        return self.earned.get(order, 0) * self.returned[order] // 3

    def earn(self, order: int, dollars: int) -> None:
        """Goods of whole dollars arrive; the same order arrives once."""
        if dollars and self.earned.setdefault(order, dollars) != dollars:
            raise Refused

    def correct(self, order: int, pieces: int) -> None:
        """So many of an order's three pieces were returned by now; what never arrived cannot be."""
        if order in self.earned:
            self.returned[order] = max(pieces, self.returned.get(order, 0))

    def claim(self, points: int, member: int, at: datetime) -> None:
        """Points are set aside for 120 seconds; the member's earlier open claim is over.

        A claim that is refused changes nothing: in the skill its whole turn is undone.
        """
        own = [claim for claim in self.claims if claim.open_at(at) and claim.member == member]
        if self.free(at) + sum(claim.points for claim in own) < points:
            raise Refused
        for claim in own:
            claim.state = "voided"
        self.claims.append(PlainClaim(points, member, at + timedelta(seconds=120)))

    def say_yes(self, number: int, at: datetime) -> None:
        """The claim is redeemed; a second yes changes nothing."""
        claim = self.claims[number]
        if claim.state == "captured":
            return
        if not claim.open_at(at):
            raise Refused
        claim.state = "captured"

    def say_no(self, number: int, at: datetime) -> None:
        """The points go back, if they have not gone already."""
        claim = self.claims[number]
        if claim.open_at(at):
            claim.state = "voided"
