"""Directives: known types with their fields, and which of them may stand in one response.

Types and fields are those of Amazon's interface references, as ask-sdk-model 1.82 knows them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator.checks.fields import Field, at, faults, optional, shown, words
from skill.simulator.checks.problem import Problem, kind, refused

UPDATED = optional("updatedIntent", "an object")
APL_TOKEN = Field("token")
LIST = Field("listId")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "Alexa.Advertisement.InjectAds": (),
    "Alexa.Presentation.APL.ExecuteCommands": (APL_TOKEN, Field("commands", "a list")),
    "Alexa.Presentation.APL.RenderDocument": (
        optional("token"),
        Field("document", "an object"),
        optional("datasources", "an object"),
        optional("sources", "an object"),
    ),
    "Alexa.Presentation.APL.SendIndexListData": (
        LIST,
        Field("items", "a list"),
        Field("startIndex", "a number"),
    ),
    "Alexa.Presentation.APL.SendTokenListData": (LIST, Field("items", "a list"), Field("pageToken")),
    "Alexa.Presentation.APL.UpdateIndexListData": (LIST, Field("operations", "a list")),
    "Alexa.Presentation.APLA.RenderDocument": (optional("token"), Field("document", "an object")),
    "Alexa.Presentation.APLT.ExecuteCommands": (APL_TOKEN, Field("commands", "a list")),
    "Alexa.Presentation.APLT.RenderDocument": (optional("token"), Field("document", "an object")),
    "Alexa.Presentation.HTML.HandleMessage": (Field("message", "an object"),),
    "Alexa.Presentation.HTML.Start": (Field("request.uri"), Field("configuration", "an object")),
    "Alexa.SmartVision.SnapshotProvider.GetSnapshotDirective": (),
    "AudioPlayer.ClearQueue": (words("clearBehavior", "CLEAR_ALL", "CLEAR_ENQUEUED"),),
    "AudioPlayer.Play": (
        words("playBehavior", "ENQUEUE", "REPLACE_ALL", "REPLACE_ENQUEUED"),
        Field("audioItem.stream.url"),
        Field("audioItem.stream.token"),
        Field("audioItem.stream.offsetInMilliseconds", "a number"),
        optional("audioItem.stream.expectedPreviousToken"),
    ),
    "AudioPlayer.Stop": (),
    "Connections.SendRequest": (Field("name"), Field("payload", "an object"), optional("token")),
    "Connections.SendResponse": (Field("status", "an object"), optional("payload", "an object")),
    "Connections.StartConnection": (
        Field("uri"),
        optional("input", "an object"),
        words("onCompletion", "RESUME_SESSION", "SEND_ERRORS_ONLY", required=False),
        optional("token"),
    ),
    "Conversations.ResetContext": (),
    "CustomInterfaceController.SendDirective": (Field("header", "an object"), Field("endpoint", "an object")),
    "CustomInterfaceController.StartEventHandler": (Field("token"), Field("expiration", "an object")),
    "CustomInterfaceController.StopEventHandler": (Field("token"),),
    "Dialog.ConfirmIntent": (UPDATED,),
    "Dialog.ConfirmSlot": (UPDATED, Field("slotToConfirm")),
    "Dialog.Delegate": (UPDATED,),
    "Dialog.DelegateRequest": (
        Field("target"),
        Field("period", "an object"),
        optional("updatedRequest", "an object"),
    ),
    "Dialog.ElicitSlot": (UPDATED, Field("slotToElicit")),
    "Dialog.UpdateDynamicEntities": (
        words("updateBehavior", "REPLACE", "CLEAR"),
        optional("types", "a list"),
    ),
    "Display.RenderTemplate": (Field("template", "an object"),),
    "GadgetController.SetLight": (Field("version", "a number"), Field("parameters", "an object")),
    "GameEngine.StartInputHandler": (Field("timeout", "a number"), Field("recognizers", "an object")),
    "GameEngine.StopInputHandler": (Field("originatingRequestId"),),
    "Hint": (Field("hint", "an object"),),
    "Navigation.Assistance.AnnounceRoadRegulation": (),
    "Tasks.CompleteTask": (Field("status", "an object"), optional("result", "an object")),
    "VideoApp.Launch": (Field("videoItem.source"),),
}
SCREENS = ("Alexa.Presentation.APL.", "Alexa.Presentation.HTML.", "Display.", "VideoApp.")
DYNAMIC_VALUES = 100
"""Dynamic values of all types together ("Use Dynamic Entities for Customized Interactions")."""
TOKEN_CHARACTERS = 1_024
URL_CHARACTERS = 8_000
"""Of a stream's token and url (Request and Response JSON Reference)."""
STREAM = "audioItem.stream"


def directive_problems(directives: Any, *, screen: bool) -> Iterator[Problem]:
    """Faults of each directive on its own; `screen` is whether the device has one."""
    if directives is None:
        return
    if not isinstance(directives, list):
        yield refused("field-kind", f"response.directives must be a list, not {kind(directives)}.")
        return
    for number, directive in enumerate(directives):
        place = f"response.directives[{number}]"
        if not isinstance(directive, Mapping):
            yield refused("field-kind", f"{place} must be an object, not {kind(directive)}.")
        else:
            yield from _one(directive, place, screen=screen)


def types_of(directives: Any) -> list[str]:
    """The types of the directives, in their order; what is no directive is left out."""
    listed = directives if isinstance(directives, list) else []
    return [str(one.get("type")) for one in listed if isinstance(one, Mapping)]


def _one(directive: Mapping[str, Any], place: str, *, screen: bool) -> Iterator[Problem]:
    name = directive.get("type")
    fields = FIELDS.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or fields is None:
        yield refused("directive-type", f"{place}.type is {shown(name)}, which Alexa does not know.")
        return
    where = f"{place} ({name})"
    yield from faults(directive, fields, where)
    if name.startswith(SCREENS) and not screen:
        yield refused("directive-needs-screen", f"{where} needs a screen, and this device has none.")
    if name == "AudioPlayer.Play":
        yield from _stream(directive, where)
    elif name == "VideoApp.Launch":
        yield from _https(directive, "videoItem.source", where)
    elif name == "Dialog.UpdateDynamicEntities":
        yield from _dynamic_entities(directive, where)
    updated = directive.get("updatedIntent")
    if isinstance(updated, Mapping):
        yield from faults(updated, (Field("name"), optional("slots", "an object")), f"{where}.updatedIntent")


def _stream(directive: Mapping[str, Any], where: str) -> Iterator[Problem]:
    yield from _https(directive, f"{STREAM}.url", where)
    for name, limit in (("token", TOKEN_CHARACTERS), ("url", URL_CHARACTERS)):
        found = at(directive, f"{STREAM}.{name}")
        if isinstance(found, str) and len(found) > limit:
            yield refused(
                "stream-too-long", f"{where}.{STREAM}.{name} has {len(found):,} of {limit:,} characters."
            )
    enqueued = directive.get("playBehavior") == "ENQUEUE"
    expected = at(directive, f"{STREAM}.expectedPreviousToken") is not None
    if enqueued != expected:
        rule = "is needed with" if enqueued else "is only allowed with"
        yield refused("stream-order", f"{where}.{STREAM}.expectedPreviousToken {rule} playBehavior ENQUEUE.")


def _https(directive: Mapping[str, Any], path: str, where: str) -> Iterator[Problem]:
    url = at(directive, path)
    if isinstance(url, str) and not url.lower().startswith("https://"):
        yield refused("directive-url", f"{where}.{path} must be an https address, not {shown(url)}.")


def _dynamic_entities(directive: Mapping[str, Any], where: str) -> Iterator[Problem]:
    types = directive.get("types")
    if directive.get("updateBehavior") == "REPLACE" and not types:
        yield refused("field-missing", f"{where}.types is missing; REPLACE needs the new values.")
    total = 0
    for number, one in enumerate(types if isinstance(types, list) else []):
        place = f"{where}.types[{number}]"
        if not isinstance(one, Mapping):
            yield refused("field-kind", f"{place} must be an object, not {kind(one)}.")
            continue
        yield from faults(one, (Field("name"), Field("values", "a list")), place)
        values = one.get("values")
        for index, value in enumerate(values if isinstance(values, list) else []):
            total += 1
            yield from _entity(value, f"{place}.values[{index}]")
    if total > DYNAMIC_VALUES:
        yield refused("dynamic-values", f"{where} has {total} values; {DYNAMIC_VALUES} are allowed.")


def _entity(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield refused("field-kind", f"{place} must be an object, not {kind(value)}.")
    else:
        yield from faults(
            value, (optional("id"), Field("name.value"), optional("name.synonyms", "a list")), place
        )
