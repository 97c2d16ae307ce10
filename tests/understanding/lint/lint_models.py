"""A small model that lint has nothing to say about, and ways to spoil it."""

import copy
from collections.abc import Callable
from typing import Any

from skill.understanding.lint import Finding, Limits, Options, lint

Json = dict[str, Any]
OPTIONS = Options(
    language="en",
    limits=Limits(thin=2),
    launch=frozenset(("ask", "open")),
    small=frozenset(("the", "of")),
    predict=False,
)


def clean() -> Json:
    """A model without a finding."""
    prompts = {"Ask.item": "Which one?", "Wrong.item": "Which one then?"}
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": "corner shop",
                "intents": _intents(),
                "types": [{"name": "ITEM", "values": _items()}],
            },
            "dialog": {"intents": [_dialog()]},
            "prompts": [
                {"id": name, "variations": [{"type": "PlainText", "value": text}]}
                for name, text in prompts.items()
            ],
        }
    }


def _intents() -> list[Json]:
    order = {
        "name": "OrderIntent",
        "slots": [
            {"name": "item", "type": "ITEM", "samples": ["the {item}"]},
            {"name": "count", "type": "AMAZON.NUMBER"},
        ],
        "samples": ["order {item}", "send me {count} {item}", "I'd like {item}", "get me some {item} now"],
    }
    track = {"name": "TrackIntent", "slots": [], "samples": ["where is my parcel", "when does it come"]}
    find = {
        "name": "FindIntent",
        "slots": [{"name": "what", "type": "AMAZON.SearchQuery"}],
        "samples": ["search for {what}", "look up {what}"],
    }
    built_in = ("Cancel", "Fallback", "Help", "NavigateHome", "Stop")
    return [order, track, find, *({"name": f"AMAZON.{name}Intent", "samples": []} for name in built_in)]


def _items() -> list[Json]:
    return [
        {"id": "milk", "name": {"value": "milk", "synonyms": ["oat milk"]}},
        {"id": "bread", "name": {"value": "bread", "synonyms": []}},
    ]


def _dialog() -> Json:
    item = {
        "name": "item",
        "type": "ITEM",
        "elicitationRequired": True,
        "confirmationRequired": False,
        "prompts": {"elicitation": "Ask.item"},
        "validations": [{"type": "hasEntityResolutionMatch", "prompt": "Wrong.item"}],
    }
    return {"name": "OrderIntent", "confirmationRequired": False, "prompts": {}, "slots": [item]}


def spoiled(change: Callable[[Json], object], options: Options = OPTIONS) -> list[Finding]:
    """The findings of the clean model after `change` has been at its inside."""
    model = copy.deepcopy(clean())
    change(model["interactionModel"])
    return list(lint(model, options))


def intent(whole: Json, name: str = "OrderIntent") -> Json:
    """An intent of the language model."""
    (found,) = [each for each in whole["languageModel"]["intents"] if each["name"] == name]
    assert isinstance(found, dict)
    return found


def samples(whole: Json, name: str = "OrderIntent") -> list[str]:
    """Its samples, to add to."""
    found: list[str] = intent(whole, name)["samples"]
    return found


def values(whole: Json) -> list[Json]:
    """The values of the type ITEM."""
    found: list[Json] = whole["languageModel"]["types"][0]["values"]
    return found


def add_value(whole: Json, value: str, *synonyms: str, id: str | None = None) -> None:
    """One more value of ITEM; its id is the value unless given."""
    values(whole).append({"id": id or value, "name": {"value": value, "synonyms": [*synonyms]}})
