"""`restock resolve` says what sentences mean, and names file and place of what is no model or no batch."""

import io
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skill.understanding import compile_model
from skill.understanding.files import MAX_BYTES
from tests.cli.terminal import Terminal

MODELS = Path(__file__).parent.parent / "data" / "models"
PUBLIC = ("babybuddy", "babysteps", "flask-ask-purchase", "magento", "salesforce")
CORNER = str(MODELS / "corner_en.json")
FRIDAY = ("--now", "2026-11-20T12:00:00+00:00")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(capsys, monkeypatch, tmp_path)


@pytest.fixture
def said(terminal: Terminal) -> Callable[..., list[dict[str, Any]]]:
    """Resolves and reads every line that comes back."""

    def run(*arguments: str) -> list[dict[str, Any]]:
        ran = terminal.run("resolve", *arguments)
        assert (ran.code, ran.err) == (0, "")
        return [json.loads(line) for line in ran.out.splitlines()]

    return run


Said = Callable[..., list[dict[str, Any]]]


def written(folder: Path, text: str | bytes, name: str = "model.json") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def small(**language_model: Any) -> str:
    intents = [{"name": "OrderIntent", "samples": ["order it", "get it"]}]
    return json.dumps({"interactionModel": {"languageModel": {"intents": intents, **language_model}}})


SAID = ("commande 12 baguettes", "commande douze baguettes")


def test_a_sentence_gives_intent_slots_score_and_stage(said: Said) -> None:
    (found,) = said("--model", CORNER, "order two milk")
    assert list(found) == ["text", "intent", "slots", "score", "stage"]
    assert (found["text"], found["intent"]) == ("order two milk", "OrderItemIntent")
    assert found["slots"]["quantity"] == {"value": "2", "id": None}
    assert found["slots"]["product"]["value"] == "milk"
    assert 0 < found["score"] <= 1
    assert found["stage"] in ("exact", "fuzzy", "nearest")


def test_slots_have_the_form_that_say_prints(terminal: Terminal, said: Said) -> None:
    sentence = "put diapers and wipes on my list"
    (found,) = said(sentence)
    ran = terminal.run("say", "--json", sentence)
    assert found["slots"] == json.loads(ran.out)["slots"]
    (several,) = found["slots"].values()
    assert [value["value"] for value in several["values"]] == ["diapers", "wipes"]


def test_a_refused_sentence_is_the_fallback_or_null(said: Said, tmp_path: Path) -> None:
    (declared,) = said("--model", CORNER, "what is the weather on mars")
    assert (declared["intent"], declared["score"], declared["slots"]) == ("AMAZON.FallbackIntent", 0.0, {})
    (not_declared,) = said("--model", written(tmp_path, small()), "what is the weather on mars")
    assert not_declared["intent"] is None


def test_why_names_the_sample_and_the_rivals(said: Said) -> None:
    (found,) = said("--model", CORNER, "--why", "order two milk")
    assert found["why"]["matched"] == "order {quantity} {product}"
    assert set(found["why"]) >= {"matched", "rivals", "slots"}
    assert found["why"]["slots"]["product"]["status"] == "ER_SUCCESS_MATCH"


def test_a_date_is_counted_from_the_day_that_is_given(said: Said) -> None:
    (found,) = said("--locale", "en-US", *FRIDAY, "--model", CORNER, "is my order coming tomorrow")
    values = [slot["value"] for slot in found["slots"].values()]
    assert "2026-11-21" in values


def test_the_locale_is_that_of_the_option_or_the_files_name(said: Said, tmp_path: Path) -> None:
    german = str(MODELS / "corner_de.json")
    (asked,) = said("--model", german, "--locale", "de-DE", "bestelle zwei milch")
    named = written(tmp_path, Path(german).read_bytes(), "de-DE.json")
    (known,) = said("--model", named, "bestelle zwei milch")
    assert asked == known
    assert known["slots"]["quantity"]["value"] == "2"


def test_our_own_model_is_used_where_none_is_given(said: Said) -> None:
    english, german = (
        said("how many points do i have"),
        said("--locale", "de-DE", "wie viele punkte habe ich"),
    )
    assert english[0]["intent"] == german[0]["intent"] == "CheckPointsIntent"


def test_a_batch_keeps_the_other_keys_of_each_line(said: Said, tmp_path: Path) -> None:
    lines = [
        {"text": "order milk", "id": 7, "tags": ["a"]},
        {"text": "order milk", "intent": "Expected", "stage": None},
    ]
    path = written(tmp_path, "\ufeff" + "\n\n".join(json.dumps(line) for line in lines), "batch.jsonl")
    first, second = said("--model", CORNER, "--batch", path)
    assert (first["id"], first["tags"], "given" in first) == (7, ["a"], False)
    assert second["intent"] == "OrderItemIntent"
    assert second["given"] == {"intent": "Expected", "stage": None}


def test_a_batch_comes_from_standard_input_and_follows_the_sentences(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "order milk"}\n')))
    found = said("--model", CORNER, "where is my order", "--batch", "-")
    assert [one["text"] for one in found] == ["where is my order", "order milk"]


def test_a_batch_is_answered_line_by_line(terminal: Terminal, tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "order milk"}\n{"text": 3}\n{"text": "order milk"}\n', "batch.jsonl")
    ran = terminal.run("resolve", "--model", CORNER, "--batch", path)
    assert len(ran.out.splitlines()) == 1
    assert (ran.code, ran.err) == (2, f"restock: {path}:2: text: expected a sentence, found a number\n")


def test_thousands_of_lines_are_one_compilation(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skill.cli import understanding

    compiled: list[str] = []

    def counted(model: dict[str, Any], *, language: str) -> Any:
        compiled.append(language)
        return compile_model(model, language=language)

    monkeypatch.setattr(understanding, "compile_model", counted)
    path = written(tmp_path, '{"text": "order it"}\n' * 3000, "batch.jsonl")
    assert len(said("--model", written(tmp_path, small()), "--batch", path)) == 3000
    assert compiled == ["en-US"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_models_are_understood(said: Said, name: str) -> None:
    path = MODELS / f"{name}.json"
    intents = json.loads(path.read_text(encoding="utf-8"))["interactionModel"]["languageModel"]["intents"]
    plain = [(each["name"], text) for each in intents for text in each.get("samples", []) if "{" not in text]
    found = said("--model", str(path), *[text for _, text in plain])
    assert [one["intent"] for one in found] == [name for name, _ in plain]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":1: no JSON: Expecting value (column 1)"),
        ('{\n"a": \n}', ":3: no JSON: Expecting value (column 1)"),
        ("[1]", ": expected an interaction model, found a list"),
        ('{"a": 1}', ": the model: there is no list of intents"),
        ('{"interactionModel": 3}', ": interactionModel: expected an object, found a number"),
        ('{"intents": [{"name": "AIntent", "samples": []}]}', ": intents: no intent has a sample"),
        ('{"intents": []}', ": intents: no intent has a sample"),
        (b'{"intents": "\xff"}', ":1: byte 0xff is no UTF-8"),
        (b"\n\xfe\xff", ":2: byte 0xfe is no UTF-8"),
        ("[" * 100_000, ": no JSON: nested too deeply"),
        ('{"intents": ' + "[" * 100_000 + "]" * 100_000 + "}", ": no JSON: nested too deeply"),
        ('{"a": NaN}', ": no JSON: NaN is no JSON number"),
        ('{"a": ' + "1" * 5000 + "}", ": no JSON: Exceeds the limit"),
        (
            '{"intents": [{"name": "AIntent", "samples": ["a"], "slots": [{"name": "b", "type": "B"}]}]}',
            ": intents[0] AIntent.slots[0] b: nobody declares the type B",
        ),
        (
            '{"intents": [{"name": "AIntent", "samples": ["a {b}"]}]}',
            ": intents[0] AIntent: sample 'a {b}' uses the slot 'b', which is not declared",
        ),
        (
            '{"intents": [{"name": [[[]]], "samples": ["a"]}]}',
            ": intents[0].name: expected text, found a list",
        ),
    ],
)
def test_what_is_no_model_is_one_line_with_file_and_place(
    terminal: Terminal, tmp_path: Path, text: str | bytes, complaint: str
) -> None:
    path = written(tmp_path, text)
    assert f"restock: {path}{complaint}" in terminal.run("resolve", "--model", path, "x").complaint


def test_what_is_no_file_is_one_line(terminal: Terminal, tmp_path: Path) -> None:
    ran = terminal.run("resolve", "--model", str(tmp_path), "x")
    assert ran.complaint == f"restock: {tmp_path}: it is a folder, not a file"
    ran = terminal.run("resolve", "--model", "absent.json", "x")
    assert ran.complaint == "restock: absent.json: No such file or directory"
    ran = terminal.run("resolve", "--model", CORNER, "--batch", "absent.jsonl")
    assert ran.complaint == "restock: absent.jsonl: No such file or directory"


def test_a_file_over_the_limit_is_refused_unread(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)
    complaint = terminal.run("resolve", "--model", str(path), "x").complaint
    assert complaint == f"restock: {path}: more than {MAX_BYTES} bytes, which is the limit"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("[1]", "expected an object, found a list"),
        ("{}", "text: expected a sentence, found null"),
        ('{"text": ["a"]}', "text: expected a sentence, found a list"),
        ('{"text": "a"', "no JSON: Expecting ',' delimiter (column 13)"),
        (b'{"text": "\xff"}', "byte 0xff is no UTF-8"),
        ('{"text": "' + "a" * 1_000_000 + '"}', "more than 1000000 bytes, which is the limit of a line"),
        ('{"text": "a", "b": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
    ],
)
def test_what_is_no_batch_line_names_file_and_line(
    terminal: Terminal, tmp_path: Path, line: str | bytes, complaint: str
) -> None:
    head = b"\n"
    path = written(tmp_path, head + (line if isinstance(line, bytes) else line.encode()), "batch.jsonl")
    told = terminal.run("resolve", "--model", CORNER, "--batch", path).complaint
    assert told.startswith(f"restock: {path}:2: ")
    assert told.endswith(complaint)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " ",
        "a" * 10_000,
        "milk " * 2_000,
        "{product}",
        "заказать молоко",
        "牛奶",
        "\u202e\u0000\u200b",
        "🍼",
        "\udcff",
    ],
    ids=range(10),
)
def test_no_sentence_fails(said: Said, sentence: str) -> None:
    (found,) = said("--model", CORNER, sentence)
    assert set(found) == {"text", "intent", "slots", "score", "stage"}


def test_a_model_of_two_megabytes_works(said: Said, tmp_path: Path) -> None:
    syllables = ("ba", "co", "di", "fu", "ga", "ho", "ji", "ku", "la", "mo", "ni", "pu")
    words = ["".join(parts) for parts in itertools.product(syllables, repeat=3)]
    values = [
        {
            "id": f"id-{number}",
            "name": {
                "value": f"{words[number % 1728]} {words[number // 1728]}",
                "synonyms": [f"{words[number % 1728]} x{'y' * 40}"],
            },
        }
        for number in range(17_000)
    ]
    intents = [
        {
            "name": "OrderIntent",
            "slots": [{"name": "item", "type": "ITEM"}],
            "samples": ["order {item}", "get me {item} now"],
        }
    ]
    text = small(intents=intents, types=[{"name": "ITEM", "values": values}])
    assert len(text) > 2_000_000
    (found,) = said("--model", written(tmp_path, text), "order cofuga bababa")
    assert found["intent"] == "OrderIntent"
    assert found["slots"]["item"]["id"] == f"id-{words.index('cofuga')}"


def test_what_is_no_language_is_told(terminal: Terminal, tmp_path: Path) -> None:
    path = written(tmp_path, small())
    complaint = terminal.run("resolve", "--model", path, "--locale", "français", "x").complaint
    assert complaint == f"restock: {path}: 'français' names no language, as en or fr-FR do"


def test_a_language_without_word_tables_is_understood_by_digits(terminal: Terminal, tmp_path: Path) -> None:
    slots = [{"name": "count", "type": "AMAZON.NUMBER"}]
    intents = [{"name": "OrderIntent", "slots": slots, "samples": ["commande {count} baguettes"]}]
    ran = terminal.run("resolve", "--model", written(tmp_path, small(intents=intents), "fr-FR.json"), *SAID)
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert (first["intent"], first["slots"]["count"]["value"]) == ("OrderIntent", "12")
    assert "count" not in second["slots"]
    assert ran.err == "restock: fr: numbers and dates are understood as digits only\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "there is no sentence and no --batch."),
        (("--locale", "fr-FR", "x"), "'fr-FR' is not spoken here; there are en-US, en-GB, de-DE."),
        (("--now", "soon", "x"), "'soon' is no date and time with an offset"),
        (("--now", "2026-11-20T12:00:00", "x"), "is no date and time with an offset"),
    ],
)
def test_wrong_options_are_one_line(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    assert says in terminal.run("resolve", *arguments).complaint


def test_raw_refuses_nothing(said: Said) -> None:
    sentence = "whatever became of the things i bought"
    (refused,), (raw,) = said("--model", CORNER, sentence), said("--model", CORNER, "--raw", sentence)
    assert refused["stage"] == "fallback"
    assert raw["stage"] == "nearest"
