"""What becomes of a task that a skill hands over with Connections.StartConnection: consent, PIN, others.

The account decides how it ends: its `outcomes` by uri, else its answer to a request for permissions or for
the voice PIN, else plain success. Sources: "Voice-Forward Consent API Reference" (ACCEPTED, DENIED,
NOT_ANSWERED) and public skills that read `cause.result.status`. The reason NOT_MATCH of a failed PIN is
[unverified].
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from skill.simulator.account import Account, Outcome
from skill.simulator.envelopes import Envelope

START = "Connections.StartConnection"
CONSENT = "connection://AMAZON.AskForPermissionsConsent/2"
VERIFY = "connection://AMAZON.VerifyPerson/2"
ERRORS_ONLY = "SEND_ERRORS_ONLY"
FAILED = "System.ExceptionEncountered"


class Ended(NamedTuple):
    """How a task ended: the cause of the SessionResumedRequest, and what was granted by scope, if asked."""

    cause: Envelope
    permission: dict[str, bool] | None
    failed: bool


def carry_out(directive: Envelope, account: Account) -> Ended:
    """Let the account's owner do what the directive asks; granted permissions are the account's then."""
    uri = str(directive.get("uri"))
    outcome, permission = account.outcomes.get(uri), None
    if uri == CONSENT:
        permission = _consent(directive, account, outcome)
        outcome = outcome or Outcome(result={"status": _consent_status(account)})
    if uri == VERIFY:
        outcome = outcome or Outcome(result=_proof(account))
    outcome = outcome or Outcome()
    cause: Envelope = {"type": "ConnectionCompleted"}
    if directive.get("token") is not None:
        cause["token"] = directive["token"]
    cause["status"] = {"code": outcome.code, "message": outcome.message}
    if outcome.result is not None:
        cause["result"] = dict(outcome.result)
    return Ended(cause, permission, outcome.failed)


def _consent(directive: Envelope, account: Account, outcome: Outcome | None) -> dict[str, bool]:
    """What the owner answers for each scope; an outcome that was set decides by its status."""
    scopes = _scopes(directive)
    answer = account.answers_permission
    if outcome is not None:
        status = (outcome.result or {}).get("status")
        answer = status == "ACCEPTED" and not outcome.failed
    if answer is None:
        return {scope: account.granted(scope) for scope in scopes}
    return account.answer(scopes, granted=answer)


def _consent_status(account: Account) -> str:
    if account.answers_permission is None:
        return "NOT_ANSWERED"
    return "ACCEPTED" if account.answers_permission else "DENIED"


def _proof(account: Account) -> dict[str, object]:
    return (
        {"status": "ACHIEVED"} if account.proves_person else {"status": "NOT_ACHIEVED", "reason": "NOT_MATCH"}
    )


def _scopes(directive: Envelope) -> list[str]:
    """The scopes that are asked for; what has another shape asks for none."""
    match directive.get("input"):
        case {"permissionScopes": list(asked)}:
            return [str(one["permissionScope"]) for one in asked if _names_scope(one)]
    return []


def _names_scope(asked: Any) -> bool:
    return isinstance(asked, Mapping) and isinstance(asked.get("permissionScope"), str)
