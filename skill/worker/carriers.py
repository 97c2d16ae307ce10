"""Which messages of the outbox can be carried, by the settings of this installation."""

from collections.abc import Callable, Mapping
from datetime import datetime

from skill.settings import Settings
from skill.worker.delivery import Carrier
from skill.worker.mail import SmtpMail
from skill.worker.proactive import ProactiveEvents


def carriers(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, Carrier]:
    """A carrier for each kind of message; what has none waits in the outbox."""
    found: dict[str, Carrier] = {}
    if settings.smtp_url and settings.mail_from:
        found["email"] = SmtpMail(settings.smtp_url, settings.mail_from)
    if settings.alexa_client is not None:
        found["order_status"] = found["notice"] = ProactiveEvents(settings.alexa_client, clock)
    return found
