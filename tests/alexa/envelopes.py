"""The request envelopes of tests/requests, and a check that a response is one Alexa takes."""

import copy
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from skill.settings import DEVELOPMENT_SKILL_ID

FOLDER = Path(__file__).parents[1] / "requests"
ENVELOPES: dict[str, Any] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
SKILL_ID = DEVELOPMENT_SKILL_ID


def envelope(name: str) -> Any:
    """A copy of one envelope, to change at will."""
    return copy.deepcopy(ENVELOPES[name])


def require_valid(response: Any) -> None:
    """Fail unless `response` is a response envelope by Amazon's documentation, or a directive's event."""
    text = json.dumps(response, ensure_ascii=False)
    assert len(text.encode()) <= 120_000
    if "event" in response or "header" in response:
        header = response.get("event", response)["header"]
        assert header["messageId"]
        assert header["namespace"]
        return
    assert response["version"] == "1.0"
    said = response["response"].get("outputSpeech")
    if said is None:
        assert set(response["response"]) <= {"canFulfillIntent"}
        return
    assert said["type"] == "SSML"
    assert len(said["ssml"]) <= 8_000
    assert ElementTree.fromstring(said["ssml"]).tag == "speak"
    assert response["response"]["shouldEndSession"] is ("reprompt" not in response["response"])
