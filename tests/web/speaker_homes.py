"""Studios for the tests of the speaker page: our own skill at a fixed time, and a skill with a screen."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from skill import bootstrap
from skill.cli.talk_house import world_studio
from skill.cli.worlds import fixture_worlds
from skill.settings import Settings
from skill.simulator import fixture_files, fixtures
from skill.simulator.studio import Studio
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import House, StudioModels
from skill.web.app import make_app
from skill.web.speaker.page import speaker_page
from skill.web.speaker.sessions import Homes, Sessions
from skill.web.verification import RequestVerifier

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>&<img src=x onerror=alert(1)>'
THINGS = ("Oat milk", "Diapers", HOSTILE)

MODEL: Mapping[str, Any] = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "test screen",
            "intents": [
                {"name": "ShowIntent", "slots": [], "samples": ["show the things", "what do you have"]},
                {
                    "name": "BuyIntent",
                    "slots": [{"name": "thing", "type": "THING"}],
                    "samples": ["buy {thing}", "i want {thing}"],
                },
                {"name": "AMAZON.StopIntent", "samples": []},
                {"name": "AMAZON.CancelIntent", "samples": []},
                {"name": "AMAZON.HelpIntent", "samples": []},
                {"name": "AMAZON.FallbackIntent", "samples": []},
            ],
            "types": [
                {
                    "name": "THING",
                    "values": [{"id": "milk", "name": {"value": "oat milk", "synonyms": ["milk"]}}],
                }
            ],
        }
    }
}

DOCUMENT: Mapping[str, Any] = {
    "type": "APL",
    "version": "2024.3",
    "mainTemplate": {
        "parameters": ["payload"],
        "items": [
            {
                "type": "Container",
                "items": [
                    {"type": "AlexaHeader", "headerTitle": "What there is"},
                    {
                        "type": "Image",
                        "source": "https://images.example/shelf.png",
                        "accessibilityLabel": "A shelf with three things",
                    },
                    {
                        "type": "Sequence",
                        "data": "${payload.things}",
                        "item": {
                            "type": "TouchWrapper",
                            "item": {"type": "Text", "text": "${ordinal}. ${data}"},
                            "onPress": {"type": "SendEvent", "arguments": ["chosen", "${ordinal}"]},
                        },
                    },
                ],
            }
        ],
    },
}


def screen_skill(envelope: dict[str, Any]) -> dict[str, Any]:
    """Shows three things, one with a hostile name, and says which of them was touched."""
    request = envelope["request"]
    if request["type"] == "Alexa.Presentation.APL.UserEvent":
        return _answer(f"You touched {request['arguments'][0]} {request['arguments'][1]}.")
    if request.get("intent", {}).get("name") == "AMAZON.HelpIntent":
        scopes = ["read::alexa:device:all:address"]
        return _answer("May I?", card={"type": "AskForPermissionsConsent", "permissions": scopes})
    if request.get("intent", {}).get("name") == "ShowIntent":
        directive = {
            "type": "Alexa.Presentation.APL.RenderDocument",
            "token": "things",
            "document": DOCUMENT,
            "datasources": {"things": list(THINGS)},
        }
        card = {
            "type": "Standard",
            "title": HOSTILE,
            "text": "Three things",
            "image": {"smallImageUrl": "https://images.example/small.png"},
        }
        return _answer(f"Here you are: {HOSTILE}.", directives=[directive], card=card, shouldEndSession=False)
    return _answer("Hello.")


def _answer(words: str, **more: Any) -> dict[str, Any]:
    speech = {"type": "PlainText", "text": words}
    return {"version": "1.0", "response": {"outputSpeech": speech, "shouldEndSession": True, **more}}


@contextmanager
def screen_studio() -> Iterator[Studio]:
    """A studio in front of `screen_skill`."""
    house = House(screen_skill, StudioModels(["en-US"], lambda _locale: MODEL), "amzn1.ask.skill.test-screen")
    studio = Studio(house, StudioClock(lambda: NOW))
    studio.use(screen="large")
    yield studio
    studio.close()


def home_studio() -> AbstractContextManager[Studio]:
    """A studio in front of our own skill, in a fresh demo home at NOW."""
    return world_studio("home", StudioClock(lambda: NOW), "en-US")


HOMES: Homes = {"home": home_studio, "screen": screen_studio}


def speaker_app(demo_file: Path, sessions: Sessions) -> Flask:
    """The web application of our skill on a demo file, with the speaker page on `sessions`."""
    settings = Settings(
        env="development", skill_id="amzn1.ask.skill.test", database_url=f"sqlite:///{demo_file}"
    )
    assistant = bootstrap.build(settings, clock=lambda: NOW)
    verifier = RequestVerifier(settings.skill_id, clock=lambda: NOW)
    return make_app(assistant, verifier, speaker_page(sessions))


@dataclass(frozen=True)
class ServedSpeaker:
    """The page on a free port of this machine."""

    sessions: Sessions
    origin: str

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.origin}/speaker"


@contextmanager
def served_speaker(demo_file: Path, homes: Homes) -> Iterator[ServedSpeaker]:
    """The page served by threads of this process for the length of the block."""
    sessions = Sessions(homes)
    server = make_server("127.0.0.1", 0, speaker_app(demo_file, sessions), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ServedSpeaker(sessions, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        sessions.close()


def failures(path: Path) -> list[str]:
    """What `restock fixtures` would complain of."""
    with fixture_worlds() as worlds:
        found = [fixtures.run(fixture, worlds) for fixture in fixture_files.read(path)]
    assert found
    return [str(failure) for failure in found if failure is not None]
