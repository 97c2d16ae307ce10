"""The confusion table counts what was heard for each expected intent, and by which stage."""

from pathlib import Path

from skill.simulator.fixture_report import report
from skill.simulator.fixtures import Told


def told(expected: str, heard: str | None, stage: str = "exact") -> Told:
    return Told(Path("f.toml"), 1, "hi", expected, heard, stage)


TOLD = [
    told("OrderIntent", "OrderIntent"),
    told("OrderIntent", "FindIntent", "nearest"),
    told("OrderIntent", "AMAZON.FallbackIntent", "fallback"),
    told("", None, "none"),
    told("", "OrderIntent", "nearest"),
    told("AMAZON.FallbackIntent", "AMAZON.FallbackIntent", "fallback"),
]


def test_rows_stages_and_sums_are_counted() -> None:
    assert report(TOLD).as_json() == {
        "sentences": 6,
        "right": 3,
        "intents": {
            "(refused)": {"sentences": 3, "right": 2, "heard": {"(refused)": 2, "OrderIntent": 1}},
            "OrderIntent": {
                "sentences": 3,
                "right": 1,
                "heard": {"OrderIntent": 1, "FindIntent": 1, "(refused)": 1},
            },
        },
        "stages": {
            "nearest": {"sentences": 2, "right": 0},
            "fallback": {"sentences": 2, "right": 1},
            "exact": {"sentences": 1, "right": 1},
            "none": {"sentences": 1, "right": 1},
        },
    }


def test_the_table_names_what_was_heard_instead() -> None:
    assert list(report(TOLD).lines()) == [
        "expected     sentences  right  heard instead",
        "(refused)            3      2  OrderIntent 1",
        "OrderIntent          3      1  FindIntent 1, (refused) 1",
        "all                  6      3",
        "",
        "stage        sentences  right",
        "nearest              2      0",
        "fallback             2      1",
        "exact                1      1",
        "none                 1      1",
    ]


def test_a_long_list_of_others_is_cut() -> None:
    lines = list(report([told("A", f"B{number}") for number in range(8)]).lines())
    assert lines[1].endswith("B4 1, 3 more")


def test_nothing_told_is_an_empty_table() -> None:
    assert next(report([]).lines()) == "expected  sentences  right  heard instead"
