"""A device, a skill and the services together: a permission is missing, asked for and granted."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from skill.simulator.amazon import AmazonServices, slow
from skill.simulator.amazon.customer import FULL_ADDRESS
from skill.simulator.device import Device
from skill.simulator.skill_model import skill_model
from tests.simulator.amazon.caller import KITCHEN, Clock, household

MODEL: dict[str, Any] = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "corner shop",
            "intents": [{"name": "WhereIntent", "slots": [], "samples": ["where do you deliver"]}],
            "types": [],
        }
    }
}


def where(envelope: dict[str, Any]) -> dict[str, Any]:
    """A skill that says where it delivers, with a word in between, or asks for the permission."""
    system, request_id = envelope["context"]["System"], envelope["request"]["requestId"]
    connection = http.client.HTTPConnection(urlsplit(system["apiEndpoint"]).netloc, timeout=5)
    headers = {"Authorization": f"Bearer {system['apiAccessToken']}"}
    wait = {
        "header": {"requestId": request_id},
        "directive": {"type": "VoicePlayer.Speak", "speech": "One moment."},
    }
    path = f"/v1/devices/{system['device']['deviceId']}/settings/address"
    try:
        connection.request("POST", "/v1/directives", json.dumps(wait), headers)
        connection.getresponse().read()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    response: dict[str, Any] = {"shouldEndSession": True}
    text = "Please open the Alexa app."
    if answer.status == 200:
        text = f"To {json.loads(content)['city']}."
    else:
        response["card"] = {"type": "AskForPermissionsConsent", "permissions": [FULL_ADDRESS]}
    return {"version": "1.0", "response": {**response, "outputSpeech": {"type": "PlainText", "text": text}}}


@pytest.fixture
def services() -> Iterator[AmazonServices]:
    with AmazonServices(household(), Clock()) as running:
        yield running


def test_a_permission_that_is_missing_and_then_granted(services: AmazonServices) -> None:
    account = services.account
    device = Device(
        services.around(where),
        skill_model(MODEL, "en-US"),
        account=account,
        state=account.devices[KITCHEN],
        skill_id="amzn1.ask.skill.shop",
        clock=Clock(),
        services=services,
    )
    first = device.say("ask corner shop where do you deliver")
    assert (first.speech, first.problems) == ("Please open the Alexa app.", ())
    assert [(call.service, call.status) for call in first.calls] == [("directives", 204), ("address", 403)]

    account.permissions[FULL_ADDRESS] = True
    second = device.say("ask corner shop where do you deliver")
    assert second.speech == "To Springfield."
    assert [(call.service, call.status) for call in second.calls] == [("directives", 204), ("address", 200)]
    assert [each.speech for each in services.spoken] == ["One moment."] * 2

    services.behave("address", slow(0.05))
    assert device.say("ask corner shop where do you deliver").ms >= 50
