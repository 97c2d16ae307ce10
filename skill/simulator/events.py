"""What Amazon tells a skill outside of any conversation: skill events, by short names, with their bodies.

Wire types are those of ask-sdk-model; "AlexaSkillEvent.SkillAccountUnlinked" has no class there
[unverified].
"""

from collections.abc import Mapping
from typing import Any

from skill.simulator.account import Account

EVENTS: Mapping[str, str] = {
    "enabled": "AlexaSkillEvent.SkillEnabled",
    "disabled": "AlexaSkillEvent.SkillDisabled",
    "linked": "AlexaSkillEvent.SkillAccountLinked",
    "unlinked": "AlexaSkillEvent.SkillAccountUnlinked",
    "permission-accepted": "AlexaSkillEvent.SkillPermissionAccepted",
    "permission-changed": "AlexaSkillEvent.SkillPermissionChanged",
    "proactive-subscription": "AlexaSkillEvent.ProactiveSubscriptionChanged",
    "notification-subscription": "AlexaSkillEvent.NotificationSubscriptionChanged",
    "reminder-created": "Reminders.ReminderCreated",
    "reminder-started": "Reminders.ReminderStarted",
    "reminder-updated": "Reminders.ReminderUpdated",
    "reminder-deleted": "Reminders.ReminderDeleted",
    "reminder-status": "Reminders.ReminderStatusChanged",
    "message": "Messaging.MessageReceived",
}
"""Short names of the events that can be fired, and their wire types."""

PERMISSIONS = (EVENTS["permission-accepted"], EVENTS["permission-changed"])
LINKED_TOKEN = "offline-linked-account"
"""The access token of an account that is linked by an event which brings none."""


def wire_type(name: str) -> str:
    """The wire type of an event by its short name, or by itself. Raises LookupError for neither."""
    found = EVENTS.get(name.strip().lower(), name.strip())
    if "." not in found:
        raise LookupError(f"there is no event {name!r}; there are {', '.join(EVENTS)}")
    return found


def happen(kind: str, body: Mapping[str, Any] | None, account: Account) -> dict[str, Any] | None:
    """Let the account be as the event tells, and give the event's body; None where it has none.

    A body that is given counts; without one it is made from the account: its token, its granted permissions.
    """
    if kind in PERMISSIONS:
        return _permissions(body, account)
    if kind == EVENTS["linked"]:
        told = dict(body or {"accessToken": account.access_token or LINKED_TOKEN})
        account.access_token = told.get("accessToken")
        return told
    if kind == EVENTS["proactive-subscription"]:
        return dict(body or {"subscriptions": []})
    if kind in (EVENTS["unlinked"], EVENTS["disabled"]):
        account.access_token = None
    if kind in (EVENTS["enabled"], EVENTS["disabled"]):
        account.enabled = kind == EVENTS["enabled"]
        account.permissions = {} if not account.enabled else account.permissions
    return None if body is None else dict(body)


def _permissions(body: Mapping[str, Any] | None, account: Account) -> dict[str, Any]:
    """All that is granted now: an empty list tells that everything was taken back."""
    if body is None:
        granted = [scope for scope, given in account.permissions.items() if given]
        return {"acceptedPermissions": [{"scope": scope} for scope in granted]}
    told = dict(body)
    listed = told.get("acceptedPermissions") or []
    accepted = {str(one["scope"]) for one in listed if isinstance(one, Mapping) and "scope" in one}
    account.permissions = {scope: scope in accepted for scope in {*account.permissions, *accepted}}
    return told
