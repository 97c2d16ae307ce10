"""Models of one skill in two locales are compared; those of different skills are not."""

import copy

from skill.understanding.lint import parity_findings, read_draft
from tests.understanding.lint.lint_models import Json, add_value, clean, intent


def compared(left: Json, right: Json) -> list[tuple[int, str]]:
    drafts = [("en-US.json", read_draft(left)), ("de-DE.json", read_draft(right))]
    return [(number, finding.message) for number, finding in parity_findings(drafts)]


def test_equal_models_agree_whatever_their_words() -> None:
    other = copy.deepcopy(clean())
    intent(other["interactionModel"])["samples"] = ["bestelle {item}"]
    assert compared(clean(), other) == []


def test_what_one_locale_lacks_is_told_of_the_model_that_lacks_it() -> None:
    other = copy.deepcopy(clean())
    whole = other["interactionModel"]
    whole["languageModel"]["intents"].append({"name": "ExtraIntent", "samples": ["x"]})
    intent(whole)["slots"].pop()
    add_value(whole, "seife")
    assert compared(clean(), other) == [
        (0, "no intent ExtraIntent, de-DE.json has it"),
        (1, "no slot OrderIntent.count of AMAZON.NUMBER, en-US.json has it"),
        (0, "no value of type ITEM seife, de-DE.json has it"),
    ]


def test_models_of_different_skills_are_not_compared() -> None:
    other = {"intents": [{"name": "SingIntent", "samples": ["sing"]}, {"name": "DanceIntent", "samples": []}]}
    assert compared(clean(), other) == []
