"""Cards and directives: fields, sizes, screens, and what may stand together."""

from typing import Any

import pytest

from skill.simulator.checks import check

ELICIT = {"type": "Dialog.ElicitSlot", "slotToElicit": "size"}
CONFIRM = {"type": "Dialog.ConfirmSlot", "slotToConfirm": "size"}
PLAY = {
    "type": "AudioPlayer.Play",
    "playBehavior": "REPLACE_ALL",
    "audioItem": {"stream": {"url": "https://example.com/a.mp3", "token": "a", "offsetInMilliseconds": 0}},
}
APL = {"type": "Alexa.Presentation.APL.RenderDocument", "token": "a", "document": {"type": "APL"}}
START = {"type": "Connections.StartConnection", "uri": "connection://AMAZON.VerifyPerson/2", "input": {}}
INTENT = {"name": "OrderIntent", "slots": {"size": {"name": "size"}}}
ASKS = {
    "outputSpeech": {"type": "PlainText", "text": "Which size?"},
    "reprompt": {"outputSpeech": {"type": "PlainText", "text": "Which size?"}},
    "shouldEndSession": False,
}


def codes(response: dict[str, Any], *, screen: bool = False, intent: Any = INTENT) -> list[str]:
    request = {"request": {"type": "IntentRequest", "intent": intent}}
    return [one.code for one in check(request, {"version": "1.0", "response": response}, 10, screen=screen)]


def stream(**changes: Any) -> dict[str, Any]:
    """An AudioPlayer.Play whose stream differs."""
    behavior = changes.pop("playBehavior", "REPLACE_ALL")
    before: Any = PLAY["audioItem"]
    return {**PLAY, "playBehavior": behavior, "audioItem": {"stream": {**before["stream"], **changes}}}


def entities(count: int) -> dict[str, Any]:
    values = [{"id": str(number), "name": {"value": f"thing {number}"}} for number in range(count)]
    return {
        "type": "Dialog.UpdateDynamicEntities",
        "updateBehavior": "REPLACE",
        "types": [{"name": "T", "values": values}],
    }


@pytest.mark.parametrize(
    "card",
    [
        None,
        {"type": "Simple", "title": "Order", "content": "One box."},
        {"type": "Standard", "text": "One box.", "image": {"smallImageUrl": "https://example.com/a.png"}},
        {"type": "LinkAccount"},
        {"type": "AskForPermissionsConsent", "permissions": ["alexa::alerts:reminders:skill:readwrite"]},
        {"type": "AskForPermissionsConsent", "permissions": ["read::alexa:device:all:address"]},
        {"type": "Simple", "title": "a" * 1_000, "content": "b" * 7_000},
    ],
)
def test_a_sound_card_has_no_problem(card: Any) -> None:
    assert codes({"card": card}) == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("Order", "field-kind"),
        ({"type": "Fancy"}, "card-type"),
        ({"type": "Simple", "title": "Order"}, "field-missing"),
        ({"type": "Simple", "content": "a", "text": "b"}, "card-field"),
        ({"type": "Standard", "text": 5}, "field-kind"),
        (
            {"type": "Standard", "text": "a", "image": {"largeImageUrl": "http://example.com/a.png"}},
            "image-url",
        ),
        (
            {"type": "Standard", "text": "a", "image": {"largeImageUrl": "https://" + "a" * 1_993}},
            "image-url",
        ),
        ({"type": "Simple", "title": "a" * 1_000, "content": "b" * 7_001}, "card-too-long"),
        ({"type": "AskForPermissionsConsent", "permissions": []}, "card-permissions"),
        ({"type": "AskForPermissionsConsent", "permissions": ["everything"]}, "card-permissions"),
        ({"type": "AskForPermissionsConsent"}, "field-missing"),
    ],
)
def test_a_card_that_the_app_cannot_show_is_told(card: Any, code: str) -> None:
    assert codes({"card": card}) == [code]


@pytest.mark.parametrize(
    "directive",
    [
        PLAY,
        stream(playBehavior="ENQUEUE", expectedPreviousToken="before"),
        {"type": "AudioPlayer.Stop"},
        {"type": "AudioPlayer.ClearQueue", "clearBehavior": "CLEAR_ALL"},
        {"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "CLEAR"},
        entities(100),
        START,
        {"type": "Tasks.CompleteTask", "status": {"code": "200", "message": "OK"}},
        {"type": "Alexa.Presentation.APLA.RenderDocument", "document": {}},
    ],
)
def test_a_sound_directive_has_no_problem(directive: Any) -> None:
    assert codes({"directives": [directive]}) == []


@pytest.mark.parametrize(
    ("directive", "code"),
    [
        ("Dialog.Delegate", "field-kind"),
        ({}, "directive-type"),
        ({"type": "Dialog.Elicit"}, "directive-type"),
        ({"type": ["a"]}, "directive-type"),
        ({"type": "AudioPlayer.ClearQueue"}, "field-missing"),
        ({**START, "onCompletion": "WHENEVER"}, "field-value"),
        ({"type": "Connections.StartConnection"}, "field-missing"),
        (stream(url="http://example.com/a.mp3"), "directive-url"),
        (stream(token="t" * 1_025), "stream-too-long"),
        (stream(url="https://" + "u" * 8_000), "stream-too-long"),
        (stream(offsetInMilliseconds=True), "field-kind"),
        (stream(playBehavior="ENQUEUE"), "stream-order"),
        (stream(expectedPreviousToken="before"), "stream-order"),
        (entities(101), "dynamic-values"),
        ({"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "REPLACE"}, "field-missing"),
        ({"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "REPLACE", "types": [1]}, "field-kind"),
        (
            {
                "type": "Dialog.UpdateDynamicEntities",
                "updateBehavior": "REPLACE",
                "types": [{"name": "T", "values": [{"name": {}}]}],
            },
            "field-missing",
        ),
    ],
)
def test_a_directive_that_alexa_cannot_follow_is_refused(directive: Any, code: str) -> None:
    assert codes({"directives": [directive]}) == [code]


def test_screens_are_written_to_only_where_there_is_one() -> None:
    assert codes({"directives": [APL]}, screen=True) == []
    assert codes({"directives": [APL]}) == ["directive-needs-screen"]


def test_video_wants_the_session_left_out() -> None:
    launch = {"type": "VideoApp.Launch", "videoItem": {"source": "https://example.com/a.mp4"}}
    assert codes({"directives": [launch]}, screen=True) == []
    assert codes({"directives": [launch], "shouldEndSession": True}, screen=True) == ["video-session"]


@pytest.mark.parametrize("directives", [[ELICIT], [CONFIRM], [ELICIT, entities(3)], [ELICIT, APL]])
def test_a_dialog_goes_on_beside_new_values_and_a_screen(directives: list[Any]) -> None:
    assert codes({**ASKS, "directives": directives}, screen=True) == []


@pytest.mark.parametrize(
    ("directives", "code"),
    [
        ([ELICIT, CONFIRM], "dialog-directives"),
        ([ELICIT, PLAY], "players-together"),
        ([ELICIT, {"type": "AudioPlayer.Stop"}], "players-together"),
        ([{**ELICIT, "slotToElicit": "colour"}], "dialog-slot"),
        ([{**ELICIT, "updatedIntent": {"slots": {}}}], "field-missing"),
    ],
)
def test_a_dialog_directive_stands_for_itself(directives: list[Any], code: str) -> None:
    assert codes({**ASKS, "directives": directives}) == [code]


def test_a_dialog_needs_an_intent_an_open_session_and_words() -> None:
    confirm = {"type": "Dialog.ConfirmIntent"}
    assert codes({**ASKS, "directives": [confirm]}, intent=None) == ["dialog-without-intent"]
    updated = {**confirm, "updatedIntent": INTENT}
    assert codes({**ASKS, "directives": [updated]}, intent=None) == []
    closed = codes({**ASKS, "directives": [confirm], "shouldEndSession": True, "reprompt": None})
    assert closed == ["dialog-but-closed", "question-but-closed"]
    assert codes({**ASKS, "directives": [confirm], "shouldEndSession": None, "reprompt": None}) == []
    silent = codes({"directives": [confirm], "shouldEndSession": False, "reprompt": ASKS["reprompt"]})
    assert silent == ["dialog-without-speech", "open-without-question"]


def test_a_delegated_dialog_is_spoken_by_alexa() -> None:
    delegate = {"directives": [{"type": "Dialog.Delegate"}], "shouldEndSession": False}
    assert codes(delegate) == []
    assert codes({**ASKS, **delegate}) == ["delegate-with-speech", "delegate-with-speech"]


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({"directives": [START, PLAY]}, "players-together"),
        ({"directives": [START, START]}, "connections-together"),
        ({"directives": [START], "shouldEndSession": False}, "connection-but-open"),
        ({"directives": [PLAY, {"type": "AudioPlayer.Stop"}]}, "audio-directives"),
    ],
)
def test_a_connection_takes_the_session_over_alone(response: dict[str, Any], code: str) -> None:
    assert codes(response) == [code]
