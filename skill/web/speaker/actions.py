"""Does what a form of the speaker page asks for, and says in one sentence what came of it."""

from collections.abc import Callable, Mapping

from skill.simulator.studio import SCOPES, Studio
from skill.simulator.studio_clock import read_moment
from skill.understanding.model import ModelError
from skill.web.speaker import screens
from skill.web.speaker.sessions import Notice

Form = Mapping[str, str]
ANSWERS: Mapping[str, bool | None] = {"granted": True, "refused": False, "never asked": None}
"""What the owner of the account may have said to a permission."""

BEHAVIOURS = ("well", "denied", "empty", "throttled", "down", "slow 3", "slow 10")
"""What a service of Amazon's may do, with seconds; a skill that waits longer than eight is given up."""

LONGEST_NUMBER, TOUCH_NUMBERS = 6, 2


def perform(studio: Studio, form: Form) -> Notice | None:
    """Do the action that the field `do` names; the notice tells what cannot be seen in the conversation."""
    action = ACTIONS.get(form.get("do", ""))
    if action is None:
        return Notice("The page asked for something that does not exist. Load it again.", is_error=True)
    try:
        told = action(studio, form)
    except (LookupError, ValueError, ModelError) as error:
        return Notice(str(error.args[0]) if error.args else type(error).__name__, is_error=True)
    return Notice(told) if told else None


def _say(studio: Studio, form: Form) -> str | None:
    sentence = form.get("sentence", "").strip()
    if not sentence:
        raise ValueError("Type what you would say.")
    studio.say(sentence)
    return None


def _silence(studio: Studio, _form: Form) -> str | None:
    return "Nobody was asked anything." if studio.silence() is None else None


def _touch(studio: Studio, form: Form) -> str | None:
    """`touch` is "turn-number": a page that is out of date must not touch what is no longer shown."""
    turn, _, number = form.get("touch", "").partition("-")
    numbers = [int(each) for each in (turn, number) if each.isdecimal() and len(each) < LONGEST_NUMBER]
    touched = screens.touch(studio.exchanges, *numbers) if len(numbers) == TOUCH_NUMBERS else None
    if touched is None:
        raise LookupError("That is not on the screen.")
    studio.touch(touched.arguments, touched.source)
    return None


def _event(studio: Studio, form: Form) -> str | None:
    studio.fire(form.get("event", ""))
    return None


def _can_fulfill(studio: Studio, form: Form) -> str | None:
    sentence = form.get("sentence", "").strip()
    if not sentence:
        raise ValueError("Type what Amazon should ask about.")
    studio.can_fulfill(sentence)
    return None


def _fault(studio: Studio, form: Form) -> str | None:
    service, behaviour = form.get("service", ""), form.get("behaviour", "")
    studio.fault(service, behaviour)
    return f"The service {service} is now: {behaviour or BEHAVIOURS[0]}."


def _grant(studio: Studio, form: Form) -> str | None:
    granted = form.get("answer") == "granted"
    scopes = ", ".join(studio.grant(granted=granted))
    return f"{'Granted' if granted else 'Refused'}: {scopes}."


def _clock(studio: Studio, form: Form) -> str | None:
    zone = studio.device.state.zone
    to = read_moment(form.get("to") or form.get("moment", ""), studio.clock(), zone)
    studio.move_clock(to)
    return "The clock shows the real time." if to is None else "The clock was moved."


def _use(studio: Studio, form: Form) -> str | None:
    studio.use(
        user=form.get("user"),
        device=form.get("device"),
        person=form.get("person"),
        locale=form.get("locale"),
        screen=form.get("screen"),
    )
    return "Changed. What is open on the other device stays open there."


def _permission(studio: Studio, form: Form) -> str | None:
    name, answer = form.get("permission", ""), form.get("answer", "")
    if answer not in ANSWERS:
        raise ValueError("A permission is granted, refused or was never asked for.")
    studio.permission(name, ANSWERS[answer])
    return f"The permission {name} is now: {answer}."


ACTIONS: Mapping[str, Callable[[Studio, Form], str | None]] = {
    "say": _say,
    "silence": _silence,
    "touch": _touch,
    "event": _event,
    "can-fulfill": _can_fulfill,
    "fault": _fault,
    "grant": _grant,
    "clock": _clock,
    "use": _use,
    "permission": _permission,
}
PERMISSIONS = tuple(SCOPES)
