"""Annotation sets are read in every form they come in, and what is wrong names file and place."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.understanding.annotations import Annotation, read_annotations
from skill.understanding.files import FileError


def written(folder: Path, text: str, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_json_lines_give_text_intent_slots_and_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"text": "order two wipes", "intent": "OrderIntent", "slots": {"product": "wipes", "count": 2}}\n'
        "\n"
        '{"utterance": "sing", "intent": null}\n',
    )
    assert read_annotations(path) == [
        Annotation(
            "order two wipes", "OrderIntent", {"product": ("wipes",), "count": ("2",)}, f"{path}:1", None
        ),
        Annotation("sing", None, None, f"{path}:3"),
    ]


@pytest.mark.parametrize("refused", [None, "", "AMAZON.FallbackIntent", "OUT_OF_SCOPE"])
def test_a_sentence_of_no_intent_should_be_refused(tmp_path: Path, refused: str | None) -> None:
    path = written(tmp_path, json.dumps({"text": "sing", "intent": refused}))
    assert read_annotations(path)[0].intent is None


def test_a_json_list_is_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    text = '[\n{"text": "a", "intent": "A"},\n{"text": "b", "intent": "B"}]'
    for name in ("set.json", "set.jsonl"):
        found = read_annotations(written(tmp_path, text, name))
        assert [(one.text, one.place.rpartition(": ")[2]) for one in found] == [("a", "[0]"), ("b", "[1]")]


def test_json_lines_may_be_called_json(tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "a", "intent": "A"}\n{"text": "b", "intent": "B"}\n', "set.json")
    assert [one.place for one in read_annotations(path)] == [f"{path}:1", f"{path}:2"]


def test_amazons_json_form_is_read(tmp_path: Path) -> None:
    simple = {"slotValue": {"type": "Simple", "value": "seattle"}}
    several = {"slotValue": {"type": "List", "values": [{"value": "bus"}, {"value": "train"}]}}
    entry = {
        "inputs": {"utterance": "go from seattle", "referenceTimestamp": "2018-10-25T23:50:02.135Z"},
        "expected": [
            {
                "domain": "",
                "intent": {
                    "name": "TravelIntent",
                    "slots": {"from": simple, "by": several, "to": {"value": "here"}},
                },
            }
        ],
    }
    path = written(tmp_path, json.dumps({"data": [entry]}), "set.json")
    (found,) = read_annotations(path)
    assert found.slots == {"from": ("seattle",), "by": ("bus", "train"), "to": ("here",)}
    assert (found.intent, found.at) == ("TravelIntent", datetime(2018, 10, 25, 23, 50, 2, 135000, UTC))


def test_amazons_csv_form_is_read_with_the_line_of_each_row(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "utterance,referenceTimestamp,intent,slot[from],slot[to]\n"
        '"go, from\nseattle",2018-10-25T23:50:02Z,TravelIntent,seattle,\n'
        "\n"
        "sing,,,,\n",
        "set.csv",
    )
    first, second = read_annotations(path)
    assert (first.text, first.slots, first.place) == (
        "go, from\nseattle",
        {"from": ("seattle",)},
        f"{path}:2",
    )
    assert (second.text, second.intent, second.slots, second.place) == ("sing", None, {}, f"{path}:5")


def test_a_csv_of_a_spreadsheet_with_semicolons_and_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffUtterance;Intent\ngo;TravelIntent\n", "set.csv")
    assert [(one.text, one.intent, one.slots) for one in read_annotations(path)] == [
        ("go", "TravelIntent", None)
    ]


@pytest.mark.parametrize(
    ("text", "name", "complaint"),
    [
        ("", "set.jsonl", ": there is no annotation in it"),
        ('{"text": "a"}\n{"text": ', "set.jsonl", ":2: no JSON: Expecting value (column 10)"),
        ("[1, 2]", "set.json", ": [0]: expected an object, found a number"),
        ('"a"', "set.json", ": expected a list of annotations, found text"),
        ('{"text": "a"}\n["b"]', "set.jsonl", ":2: expected an object, found a list"),
        ('{"intent": "A"}', "set.jsonl", ":1: text: there is no sentence"),
        ('{"text": " ", "intent": "A"}', "set.jsonl", ":1: text: there is no sentence"),
        ('{"text": "a", "intent": 3}', "set.jsonl", ":1: intent: expected a name or null, found a number"),
        ('{"text": "a", "slots": []}', "set.jsonl", ":1: slots: expected an object, found a list"),
        ('{"text": "a", "slots": {"x": {}}}', "set.jsonl", ":1: slots.x: expected a value, found an object"),
        (
            '{"text": "a", "referenceTimestamp": "soon"}',
            "set.jsonl",
            ":1: referenceTimestamp: 'soon' is no date and time",
        ),
        ('{"data": [{"inputs": 3}]}', "set.json", ": [0]: inputs: expected an object, found a number"),
        (
            '{"data": [{"inputs": {"utterance": "a"}, "expected": [{"intent": "A"}]}]}',
            "set.json",
            ": [0]: expected[0].intent: expected an object, found text",
        ),
        ("a,b\n1,2\n", "set.csv", ":1: the columns utterance and intent are missing"),
        ('utterance,intent\n"a', "set.csv", ":2: no CSV: unexpected end of data"),
        ("utterance,intent\n,A\n", "set.csv", ":2: text: there is no sentence"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_place(
    tmp_path: Path, text: str, name: str, complaint: str
) -> None:
    path = written(tmp_path, text, name)
    with pytest.raises(FileError) as caught:
        read_annotations(path)
    assert str(caught.value) == f"{path}{complaint}"


@pytest.mark.parametrize("depth", [5, 900, 100_000])
def test_values_nested_deeply_are_refused(tmp_path: Path, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    path = written(tmp_path, '{"text": "a", "slots": {"x": ' + nested + "}}")
    with pytest.raises(FileError, match=r"set\.jsonl:1: .*(expected a value|nested too deeply)"):
        read_annotations(path)
