"""Fixtures in YAML hold the same as those in TOML; what is wrong is named by file and line."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.simulator.fixture_cases import FixtureError, Setting
from skill.simulator.fixture_files import find, read

WHOLE = """
# people say yes and no, which YAML of old took for true and false
case:
  - say: yes
    intent: AMAZON.YesIntent
    slots: {}
    session_open: false
    now: 2026-12-24T09:00:00-05:00
  - say: 12:30
    directives:
      - Dialog.Delegate
      - {type: Dialog.ElicitSlot, slotToElicit: no}
    card: false

conversation:
  - name: one order
    world: new
    user: Ben
    permissions: ["alexa::profile:name:read"]
    turn:
      - say: order things
        slots: {product: [diapers, wipes], quantity: "2"}
        calls:
          - GET /v1/devices/*/settings/address
          - {call: POST /v1/alerts/reminders, count: 2, status: 201}
      - say: on
        after: PT30S
        effects: {orders: 1}
"""


def written(folder: Path, text: str, name: str = "talk.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_keys_are_read(tmp_path: Path) -> None:
    yes, half_past, order = read(written(tmp_path, WHOLE))
    assert (yes.name, yes.line, yes.now) == ("yes", 4, datetime(2026, 12, 24, 14, tzinfo=UTC))
    assert yes.steps[0].expected.session_open is False
    assert half_past.steps[0].say == "12:30"
    assert half_past.steps[0].expected.directives == (
        "Dialog.Delegate",
        {"type": "Dialog.ElicitSlot", "slotToElicit": "no"},
    )
    assert half_past.steps[0].expected.card is False
    assert (order.name, order.line, order.world) == ("one order", 16, "new")
    assert order.setting == Setting(user="Ben", permissions=("alexa::profile:name:read",))
    assert [(step.say, step.line) for step in order.steps] == [("order things", 21), ("on", 26)]
    assert order.steps[0].expected.slots == {"product": ["diapers", "wipes"], "quantity": "2"}
    assert [(call.count, call.status) for call in order.steps[0].expected.calls or ()] == [
        (1, None),
        (2, 201),
    ]
    assert order.steps[1].after == timedelta(seconds=30)
    assert order.steps[1].expected.effects == {"orders": 1}


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path, "# nothing yet\n")) == []


def test_yaml_is_found_below_folders(tmp_path: Path) -> None:
    first, second = written(tmp_path, "", "a.yaml"), written(tmp_path, "", "b.yml")
    written(tmp_path, "{}", "c.json")
    assert find([tmp_path]) == [first, second]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("case:\n  - say: hi\n    speach: x\n", 3, "speach: unknown key"),
        ("case:\n  - say: hi\n    say: ho\n", 3, "say: given twice"),
        ("case:\n  - say: hi\n    slots:\n      a: x\n      a: y\n", 5, "a: given twice"),
        ("case:\n  - say: hi\n    slots: {1: x}\n", 3, "a key must be a text"),
        ("case:\n  - ? [say]\n    : hi\n", 2, "a key must be a text"),
        ("case:\n  - say:\n", 2, "say: has no value"),
        ("case:\n  - say: 5\n", 2, "must be a text"),
        ("case:\n  - say: hi\n    now: 2026-13-45T00:00:00Z\n", 3, "must be a date and time"),
        (f"case:\n  - say: {'9' * 5000}\n", 2, "say: Exceeds the limit"),
        ("case: {say: hi}\n", 1, "case: must be a list"),
        ("case:\n  - hi\n", 2, "must be a table"),
        ("- say: hi\n", 1, "must be a table"),
        ("cases: []\n", 1, "cases: unknown key"),
        ("conversation:\n  - name: empty\n", 2, "has no [[conversation.turn]]"),
        ("conversation:\n  - turn:\n      - say: hi\n        world: x\n", 4, "world: unknown key"),
        ("case: &all\n  - say: hi\n", 1, "anchors and aliases are not read"),
        ("case:\n  - say: *all\n", 2, "anchors and aliases are not read"),
        ("case:\n  - {<<: {say: hi}}\n", 2, "<<: unknown key"),
        ("case: [\n", 2, "no YAML"),
        ("case:\n\t- say: hi\n", 2, "no YAML"),
        ("case: []\n---\ncase: []\n", 2, "no YAML"),
        ("case:\n  - say: !!python/object/apply:os.system [exit]\n", 2, "no YAML: could not determine"),
        ("[" * 100_000, 1, "nested more than 20 deep"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FixtureError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_a_bomb_of_aliases_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(FixtureError, match=":1: anchors and aliases"):
        read(written(tmp_path, "\n".join(lines)))


def test_a_control_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match=r"no YAML: .*character"):
        read(written(tmp_path, "case:\n  - say: \x01\n"))


def test_without_pyyaml_a_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = written(tmp_path, WHOLE)
    with pytest.raises(FixtureError) as error:
        read(path)
    assert str(error.value) == f"{path}: reading YAML takes PyYAML: pip install 'restock[yaml]'"
