"""Refused: the one way in which the judgement of an incoming Alexa request fails."""

import logging

log = logging.getLogger("restock.web")

REFUSED_BODY = {"error": "refused"}
"""All that a refused sender is told; the reason is in the log only."""


class Refused(Exception):
    """The request is not proven to come from Alexa for this skill, and must not be acted on.

    `reason` is a short slug for the log (`signature_wrong`, `timestamp_window`, ...); it never holds
    anything the sender wrote. `status` is the HTTP status to answer: 400, or 413 for a body too large;
    403 and 404 for who may not use the page of development mode.
    """

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def log_refusal(refusal: Refused) -> None:
    """One line with the reason and the status, and nothing that the sender wrote."""
    log.warning("refused", extra={"reason": refusal.reason, "status": refusal.status})
