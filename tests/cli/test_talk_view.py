"""What a person at the terminal sees of a turn: card, screen, calls, problems, and the reasons."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from skill.cli import talk_view
from skill.cli.talk_commands import Talk, completions, perform
from skill.simulator.studio import Studio
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import House, StudioModels
from tests.simulator.fake_skill import MODEL, NOW, SKILL_ID, FakeSkill, ssml

CARD = {
    "type": "Standard",
    "title": "Your order",
    "text": "Diapers\n",
    "image": {"smallImageUrl": "https://x/y.png"},
}
BUTTON = {"type": "SendEvent", "arguments": ["buy", 1]}
SCREEN = {
    "type": "Alexa.Presentation.APL.RenderDocument",
    "token": "shelf",
    "document": {
        "type": "APL",
        "version": "2024.3",
        "mainTemplate": {
            "parameters": ["payload"],
            "items": [
                {
                    "type": "Container",
                    "items": [
                        {"type": "Text", "text": "On the ${payload.shelf}"},
                        {
                            "type": "TouchWrapper",
                            "onPress": BUTTON,
                            "item": {"type": "Text", "text": "Buy it"},
                        },
                    ],
                }
            ],
        },
    },
    "datasources": {"payload": {"shelf": "shelf"}},
}


class Showing(FakeSkill):
    """Shows a card and a screen, and asks with the microphone closed."""

    def _response(self, name: str, intent: dict[str, Any]) -> dict[str, Any]:
        return {
            "outputSpeech": ssml("Shall I order it?"),
            "card": CARD,
            "directives": [SCREEN],
            "shouldEndSession": True,
        }


@pytest.fixture
def skill() -> FakeSkill:
    return Showing()


@pytest.fixture
def talk(skill: FakeSkill) -> Iterator[Talk]:
    house = House(
        skill.handle, StudioModels(["en-US"], lambda _: MODEL), SKILL_ID, users=lambda: ["Anna", "Ben"]
    )
    studio = Studio(house, StudioClock(lambda: NOW, NOW, running=False))
    console = Console(
        file=io.StringIO(), width=80, soft_wrap=True, markup=False, highlight=False, emoji=False
    )
    yield Talk(studio, console, interactive=True)
    studio.close()


def shown(talk: Talk) -> str:
    file = talk.console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_card_screen_and_what_amazon_would_object_to_are_shown(talk: Talk) -> None:
    talk.studio.use(screen="small")
    talk.show(talk.studio.say("order diapers"))
    text = shown(talk)
    assert "Shall I order it?" in text
    assert "Your order" in text
    assert "[picture] https://x/y.png" in text
    assert "On the shelf" in text
    assert "[1] Buy it" in text
    assert "Amazon would object: " in text


def test_what_is_on_the_screen_is_touched_by_its_number(talk: Talk, skill: FakeSkill) -> None:
    talk.studio.use(screen="small")
    talk.studio.say("order diapers")
    perform(talk, "/touch 1")
    assert skill.requests[-1]["request"]["arguments"] == ["buy", 1]
    perform(talk, "/touch 2")
    assert "The screen has 1 parts to touch." in shown(talk)


def test_a_script_hears_only_the_answer(talk: Talk) -> None:
    talk.studio.use(screen="small")
    talk_view.answer(talk.console, talk.studio.say("order diapers"), interactive=False)
    assert shown(talk) == "Shall I order it?\n"


def test_why_shows_slots_with_what_they_resolved_to(talk: Talk) -> None:
    talk.studio.say("order two diapers and wipes")
    perform(talk, "/why")
    text = shown(talk)
    assert "{quantity}" in text
    assert "diapers = diapers (DIAPER-4); wipes = wipes (WIPES-1)" in text


def test_why_of_a_yes_names_what_it_answers(talk: Talk) -> None:
    why = {"sentence": "yes", "intent": "AMAZON.YesIntent", "answers": "BookRideIntent", "stage": "builtin"}
    talk_view.why(talk.console, {**why, "score": 1.0, "matched": None, "slots": {}, "rivals": []})
    assert "the question about BookRideIntent" in shown(talk)


def test_a_launch_needed_no_understanding(talk: Talk) -> None:
    talk.studio.say("open corner shop")
    perform(talk, "/why")
    assert "open corner shop: nothing had to be understood (LaunchRequest)." in shown(talk)


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("/cl", ["/clock "]),
        ("/st", ["/state"]),
        ("/user ", ["/user Anna", "/user Ben", "/user -"]),
        ("/user b", ["/user Ben"]),
        ("/screen s", ["/screen small"]),
        ("/event rem", ["/event reminder-created", "/event reminder-started"]),
        ("/nonsense x", []),
        ("/state x", []),
    ],
)
def test_commands_and_their_arguments_are_completed(talk: Talk, typed: str, lines: list[str]) -> None:
    assert completions(talk.studio, typed)[: len(lines) or None] == lines
