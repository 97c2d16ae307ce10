"""Judges a response as Amazon would: `check(request, response, ms, screen=...)` gives the problems found."""

from skill.simulator.checks.problem import Problem
from skill.simulator.checks.verdict import check

__all__ = ["Problem", "check"]
