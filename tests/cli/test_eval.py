"""`restock eval` says how much of an annotation set is understood, and fails below a floor."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal

CORNER = str(Path(__file__).parent.parent / "data" / "models" / "corner_en.json")
RIGHT = {"text": "order two milk", "intent": "OrderItemIntent", "slots": {"quantity": "2", "product": "milk"}}
STATUS = {"text": "where is my order", "intent": "OrderStatusIntent"}
STRAY = {"text": "what is the weather on mars", "intent": None}


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(capsys, monkeypatch, tmp_path)


def written(terminal: Terminal, *entries: dict[str, Any]) -> str:
    (terminal.folder / "set.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return "set.jsonl"


def report(terminal: Terminal, *entries: dict[str, Any], options: tuple[str, ...] = ()) -> dict[str, Any]:
    ran = terminal.run("eval", "--json", "--model", CORNER, "--set", written(terminal, *entries), *options)
    assert ran.err == ""
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_set_that_is_understood_is_all_right(terminal: Terminal) -> None:
    found = report(terminal, RIGHT, STATUS, STRAY)
    assert (found["sentences"], found["accuracy"], found["slot_accuracy"]) == (3, 1.0, 1.0)
    assert (found["in_scope_accuracy"], found["out_of_scope_refused"]) == (1.0, 1.0)
    assert found["confusions"] == []


def test_shares_without_sentences_are_null(terminal: Terminal) -> None:
    found = report(terminal, STATUS)
    assert (found["out_of_scope_refused"], found["slot_accuracy"]) == (None, None)


def test_what_is_confused_is_counted_with_an_example(terminal: Terminal) -> None:
    wrong = {"text": "order two milk", "intent": "OrderStatusIntent"}
    stray = {"text": "where is my order", "intent": "OUT_OF_SCOPE"}
    found = report(terminal, wrong, wrong, stray, STATUS)
    assert found["accuracy"] == 0.25
    assert found["confusions"] == [
        {
            "expected": "OrderStatusIntent",
            "got": "OrderItemIntent",
            "sentences": 2,
            "example": "order two milk",
        },
        {
            "expected": "(refused)",
            "got": "OrderStatusIntent",
            "sentences": 1,
            "example": "where is my order",
        },
    ]
    (status,) = [row for row in found["intents"] if row["intent"] == "OrderStatusIntent"]
    assert (status["sentences"], status["right"], status["recall"], status["precision"]) == (
        3,
        1,
        0.3333,
        0.5,
    )


@pytest.mark.parametrize(
    ("slots", "share"),
    [
        ({"quantity": "2", "product": "MILK"}, 1.0),
        ({"quantity": "2"}, 0.0),
        ({"quantity": "3", "product": "milk"}, 0.0),
        ({"quantity": "2", "product": "milk", "size": "big"}, 0.0),
        ({"quantity": "2", "product": ["milk", "bread"]}, 0.0),
        ({}, 0.0),
        (None, None),
    ],
)
def test_slots_are_right_only_when_all_are(
    terminal: Terminal, slots: dict[str, Any] | None, share: float | None
) -> None:
    found = report(terminal, RIGHT | {"slots": slots})
    assert (found["accuracy"], found["slot_accuracy"]) == (1.0, share)


def test_a_slot_may_be_named_by_the_id_it_resolves_to(terminal: Terminal) -> None:
    ran = terminal.run("resolve", "--model", CORNER, "order two milk")
    listed = json.loads(ran.out)["slots"]["product"]["id"]
    assert report(terminal, RIGHT | {"slots": {"quantity": 2, "product": listed}})["slot_accuracy"] == 1.0


def test_the_form_that_resolve_prints_is_an_annotation_set(terminal: Terminal) -> None:
    ran = terminal.run("resolve", "--model", CORNER, "order two milk", "where is my order", "sing")
    (terminal.folder / "again.jsonl").write_text(ran.out)
    ran = terminal.run("eval", "--json", "--model", CORNER, "--set", "again.jsonl", "--floor", "1")
    assert (ran.code, json.loads(ran.out)["slot_accuracy"]) == (0, 1.0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--floor", "0.5"), 0),
        (("--floor", "0.51"), 1),
        (("--slot-floor", "0.1"), 1),
        (("--slot-floor", "0"), 0),
    ],
)
def test_below_a_floor_it_ends_with_one(terminal: Terminal, options: tuple[str, ...], code: int) -> None:
    wrong_slots = RIGHT | {"slots": {"product": "bread"}}
    path = written(terminal, wrong_slots, STATUS | {"intent": "OrderItemIntent"})
    assert terminal.run("eval", "--model", CORNER, "--set", path, *options).code == code


def test_a_set_without_slots_passes_a_floor_for_slots(terminal: Terminal) -> None:
    ran = terminal.run("eval", "--model", CORNER, "--set", written(terminal, STATUS), "--slot-floor", "1")
    assert ran.code == 0


def test_the_table_says_everything_and_lists_what_is_wrong_with_its_place(terminal: Terminal) -> None:
    path = written(terminal, STATUS, STRAY | {"intent": "OrderItemIntent"}, RIGHT | {"slots": {}})
    ran = terminal.run("eval", "--model", CORNER, "--set", path, "--wrong")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["intent", "sentences", "right", "recall", "precision"]
    assert ["OrderItemIntent", "2", "1", "0.500", "1.000"] in [line.split() for line in lines]
    assert "1 x OrderItemIntent taken for (refused), as 'what is the weather on mars'" in lines
    assert any(
        line.startswith("set.jsonl:2: 'what is the weather on mars': expected Order") for line in lines
    )
    assert any(
        line.startswith("set.jsonl:3: 'order two milk': expected OrderItemIntent {}") for line in lines
    )
    assert lines[-1] == "accuracy 0.667 of 3 sentences, in scope 0.667, slots 0.000"


def test_json_lists_what_is_wrong_on_request(terminal: Terminal) -> None:
    found = report(terminal, RIGHT | {"slots": {}}, options=("--wrong",))
    (wrong,) = found["wrong"]
    assert (wrong["place"], wrong["expected"]) == ("set.jsonl:1", {"intent": "OrderItemIntent", "slots": {}})
    assert wrong["got"]["slots"]["quantity"] == {"value": "2", "id": None}


def test_a_sentence_of_amazons_form_is_heard_on_its_own_day(terminal: Terminal) -> None:
    (terminal.folder / "set.csv").write_text(
        "utterance,referenceTimestamp,intent,slot[day]\n"
        "is my order coming tomorrow,2020-02-28T12:00:00Z,OrderStatusIntent,2020-02-29\n"
    )
    ran = terminal.run("eval", "--json", "--model", CORNER, "--set", "set.csv")
    assert json.loads(ran.out)["slot_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--set", "absent.jsonl"), "absent.jsonl: No such file or directory"),
        (("--set", "bad.jsonl"), "bad.jsonl:1: text: there is no sentence"),
        (("--set", "bad.jsonl", "--floor", "1.5"), "--floor"),
        ((), "--set"),
    ],
)
def test_wrong_use_is_one_line(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    (terminal.folder / "bad.jsonl").write_text('{"intent": "OrderItemIntent"}\n')
    assert says in terminal.run("eval", "--model", CORNER, *arguments).complaint


def test_raw_measures_without_refusals(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"text": "whatever became of the things i bought", "intent": null}\n', encoding="utf-8")
    model = str(Path(__file__).parent.parent / "data" / "models" / "corner_en.json")
    shares = [
        json.loads(terminal.run("eval", "--model", model, "--set", str(path), "--json", *raw).out)["accuracy"]
        for raw in ((), ("--raw",))
    ]
    assert shares == [1.0, 0.0]
