"""Stand-ins for Amazon's services that a skill calls, over real HTTP on loopback."""

from skill.simulator.amazon.calls import Call
from skill.simulator.amazon.faults import DENIED, DOWN, EMPTY, THROTTLED, Fault, fault_named, slow
from skill.simulator.amazon.host import AmazonServices

__all__ = [
    "DENIED",
    "DOWN",
    "EMPTY",
    "THROTTLED",
    "AmazonServices",
    "Call",
    "Fault",
    "fault_named",
    "slow",
]
