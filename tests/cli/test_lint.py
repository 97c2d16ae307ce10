"""`restock lint` names every finding's place: the line of our wording, or the path in anybody's model."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from skill import interaction_model
from skill.cli import lint as lint_command
from skill.conversation import locale_files
from skill.understanding.lint import Finding, Spot
from tests.cli.terminal import Terminal
from tests.understanding.lint.lint_models import clean, samples

MODELS = Path(__file__).parent.parent / "data" / "models"
LOCALES = Path(locale_files.__file__).parent.parent / "locales"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(capsys, monkeypatch, tmp_path)


def written(terminal: Terminal, model: dict[str, Any], name: str = "en-US.json") -> str:
    (terminal.folder / name).write_text(json.dumps(model))
    return name


def test_a_clean_model_ends_with_zero(terminal: Terminal) -> None:
    ran = terminal.run(
        "lint", written(terminal, clean()), "--limit", "thin=2", "--skip", "unpredicted-sample"
    )
    assert (ran.code, ran.out, ran.err) == (0, "0 errors, 0 warnings\n", "")


def test_an_error_ends_with_one_and_names_file_and_path(terminal: Terminal) -> None:
    model = clean()
    samples(model["interactionModel"]).append("where is my parcel")
    ran = terminal.run("lint", written(terminal, model), "--limit", "thin=2", "--skip", "unpredicted-sample")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "en-US.json: interactionModel.languageModel.intents[1].samples[0]: error shared-sample: "
        "TrackIntent: sample 'where is my parcel' is also 'where is my parcel' of OrderIntent",
        "1 error, 0 warnings",
    ]


def test_warnings_alone_end_with_zero(terminal: Terminal) -> None:
    ran = terminal.run("lint", written(terminal, clean()), "--skip", "unpredicted-sample")
    assert ran.code == 0
    assert "warning thin-intent: TrackIntent: 2 samples, at least 10 are advised" in ran.out


def test_json_has_a_finding_a_line(terminal: Terminal) -> None:
    ran = terminal.run("lint", "--json", written(terminal, clean()), "--skip", "unpredicted-sample")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["path"] for one in found] == [
        f"interactionModel.languageModel.intents[{n}]" for n in range(3)
    ]
    assert found[0] == {
        "severity": "warning",
        "code": "thin-intent",
        "message": "OrderIntent: 4 samples, at least 10 are advised",
        "file": "en-US.json",
        "line": None,
        "path": "interactionModel.languageModel.intents[0]",
    }


def test_models_of_two_locales_are_compared(terminal: Terminal) -> None:
    other = copy.deepcopy(clean())
    other["interactionModel"]["languageModel"]["intents"].pop()
    ran = terminal.run(
        "lint", written(terminal, clean()), written(terminal, other, "en-GB.json"), "--skip", "thin-intent"
    )
    assert "en-GB.json: interactionModel.languageModel.intents: warning locale-parity: no intent" in ran.out


@pytest.mark.parametrize("name", ["babybuddy", "babysteps", "flask-ask-purchase", "magento", "salesforce"])
def test_public_models_have_no_errors(terminal: Terminal, name: str) -> None:
    ran = terminal.run("lint", str(MODELS / f"{name}.json"))
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith("0 errors, ")


def test_a_language_that_understanding_does_not_know_is_linted_by_form(terminal: Terminal) -> None:
    model = clean()
    samples(model["interactionModel"]).append("where is my parcel")
    ran = terminal.run("lint", written(terminal, model, "fr-FR.json"))
    assert (ran.code, ran.out.count(" error ")) == (1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "model.json:1: no JSON"),
        ("[]", "model.json: expected an interaction model, found a list"),
        ('{"intents": [3]}', "model.json: intents[0]: expected an object, found a number"),
        ("[" * 100_000, "model.json: no JSON: nested too deeply"),
    ],
)
def test_what_is_no_model_ends_with_two(terminal: Terminal, text: str, complaint: str) -> None:
    (terminal.folder / "model.json").write_text(text)
    assert complaint in terminal.run("lint", "model.json").complaint


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--limit", "thin"), "'thin' sets none of intents, "),
        (("--limit", "thick=3"), "'thick=3' sets none of intents, "),
        (("--skip", "all"), "'all' is no code; there are broken-model, "),
        (("--locale", "fr-FR"), "'fr-FR' is not spoken here"),
    ],
)
def test_wrong_options_are_one_line(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    assert says in terminal.run("lint", *arguments).complaint


def test_our_own_models_have_no_errors_and_every_place_exists(terminal: Terminal) -> None:
    ran = terminal.run("lint", "--json", "--skip", "unpredicted-sample")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [one for one in found if one["severity"] == "error"] == []
    assert ran.code == 0
    for one in found:
        file = ROOT / one["file"]
        assert file.is_file()
        assert one["line"] is None or one["line"] <= len(file.read_text(encoding="utf-8").splitlines())


def test_a_finding_in_our_wording_names_its_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = locale_files.load("en-US")
    name, (sample, *_) = next(iter(texts.samples.items()))
    spot = Spot("somewhere", f"{name}.samples", sample)
    monkeypatch.setattr(lint_command, "lint", lambda model, options: [Finding("digits", "found", spot)])
    ran = terminal.run("lint", "--locale", "en-US")
    place = re.match(r"skill/locales/(\S+):(\d+): warning digits: found", ran.out)
    assert place is not None
    lines = (LOCALES / place[1]).read_text(encoding="utf-8").splitlines()
    assert f'"{sample}"' in lines[int(place[2]) - 1]


def test_texts_of_ours_that_nothing_declares_are_errors(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(iter(locale_files.load("en-US").prompts))
    monkeypatch.setattr(lint_command, "lint", lambda model, options: [])
    monkeypatch.setattr(interaction_model, "text_problems", lambda model, texts: [(key, "is odd")])
    ran = terminal.run("lint", "--locale", "en-US")
    assert ran.code == 1
    assert re.match(r"skill/locales/en/\w+\.toml:\d+: error locale-text: en-US: is odd", ran.out)


def test_a_prompt_that_one_locale_lacks_is_told_at_the_other(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = locale_files.load("en-US")
    key = next(iter(english.prompts))
    gap = interaction_model.Gap(key, english, f"de-DE: no prompt {key}, en-US has it")
    monkeypatch.setattr(lint_command, "lint", lambda model, options: [])
    monkeypatch.setattr(
        interaction_model, "gaps", lambda first, other: [gap] if other.language == "de" else []
    )
    ran = terminal.run("lint")
    assert ran.code == 1
    assert re.match(r"skill/locales/en/\w+\.toml:\d+: error locale-prompt: de-DE: no prompt", ran.out)
