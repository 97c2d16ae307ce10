"""Fixture files are read whole and checked; what is wrong is named by file and line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.simulator.fixture_cases import DEFAULT_NOW, FixtureError
from skill.simulator.fixture_files import find, read

WHOLE = '''
[[case]]
say = "reorder my usual"
intent = "ReorderUsualIntent"
slots = {}
reply = "ReorderUsualIntent.quoted"
speech_matches = "(?i)shall I"
session_open = true
now = 2026-12-24T09:00:00-05:00

[[conversation]]
name = "one order"
world = "new"
user = "Ben"
now = "2026-11-21T10:00:00+00:00"
locale = "en-GB"

[[conversation.turn]]
say = """
[[case]]
order things"""
slots = { product = ["diapers", "wipes"], quantity = "2" }

[[conversation.turn]]
say = "yes"
after = "PT30S"
user = "Anna"
effects = { orders = 1 }
directives = []

[[case]]
say = "help"
'''


def written(folder: Path, text: str, name: str = "orders.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_and_conversations_are_read_in_their_order(tmp_path: Path) -> None:
    case, conversation, last = read(written(tmp_path, WHOLE))
    assert (case.name, case.line, case.world, case.user) == ("reorder my usual", 2, "home", None)
    assert case.now == datetime(2026, 12, 24, 14, tzinfo=UTC)
    assert case.steps[0].expected.slots == {}
    assert case.steps[0].expected.session_open is True
    assert (conversation.name, conversation.line, conversation.world) == ("one order", 11, "new")
    assert (conversation.user, conversation.locale) == ("Ben", "en-GB")
    assert [step.line for step in conversation.steps] == [18, 24]
    assert conversation.steps[0].expected.slots == {"product": ["diapers", "wipes"], "quantity": "2"}
    assert conversation.steps[1].after == timedelta(seconds=30)
    assert conversation.steps[1].expected.effects == {"orders": 1}
    assert conversation.steps[1].expected.directives == ()
    assert (last.name, last.line, last.now) == ("help", 31, DEFAULT_NOW)


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("utterances/de/orders.toml", "de-DE"),
        ("utterances/en/orders.toml", "en-US"),
        ("utterances/en-GB/orders.toml", "en-GB"),
        ("conversations/orders.de.toml", "de-DE"),
        ("conversations/orders.toml", "en-US"),
    ],
)
def test_the_locale_comes_from_the_folder_or_the_name(tmp_path: Path, name: str, locale: str) -> None:
    assert read(written(tmp_path, '[[case]]\nsay = "hi"\n', name))[0].locale == locale


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[[case]]\nsay = "hi"\nspeach = "x"\n', 3, "unknown key"),
        ('[[case]]\nsay = "hi"\n[[case]]\n\n[case.effects]\norders = 1\n', 3, "say: is missing"),
        ('[[case]]\nsay = "hi"\nafter = "PT1M"\n', 3, "after: unknown key"),
        ('[[cases]]\nsay = "hi"\n', 1, "cases: unknown key"),
        ('title = "x"\n', 1, "title: unknown key"),
        ('[[case]]\nintent = "HelpIntent"\n', 1, "say: is missing"),
        ("[[case]]\nsay = 5\n", 2, "must be a text"),
        ('[[case]]\nsay = "hi"\nsession_open = "yes"\n', 3, "true or false"),
        ('[[case]]\nsay = "hi"\n\nslots = { size = 4 }\n', 4, "size must be a text"),
        ('[[case]]\nsay = "hi"\nslots = { size = [] }\n', 3, "size must be a text"),
        ('[[case]]\nsay = "hi"\nslots = "size"\n', 3, "must be a table"),
        ('[[case]]\nsay = "hi"\nspeech_matches = "("\n', 3, "no regular expression"),
        ('[[case]]\nsay = "hi"\nnow = 2026-11-20T15:00:00\n', 3, "offset"),
        ('[[case]]\nsay = "hi"\nnow = "tomorrow"\n', 3, "offset"),
        ('[[case]]\nsay = "hi"\nlocale = "fr-FR"\n', 3, "must be one of en-US"),
        ('[[case]]\nsay = "hi"\neffects = { orders = true }\n', 3, "orders"),
        ('[[case]]\nsay = "hi"\neffects = { orders = "1" }\n', 3, "whole number"),
        ('[[case]]\nsay = "hi"\ndirectives = "Dialog.ElicitSlot"\n', 3, "a list"),
        ('[[case]]\nsay = "hi"\ndirectives = [1]\n', 3, "a list"),
        ('[case]\nsay = "hi"\n', 1, "double brackets"),
        ('case = [{ say = "hi", reply = 1 }]\n', 1, "must be a text"),
        ('[[conversation]]\nname = "empty"\n', 1, "has no [[conversation.turn]]"),
        ('[[conversation]]\nsay = "hi"\n', 2, "unknown key"),
        ('[[conversation]]\n[[conversation.turn]]\nsay = "hi"\nafter = "soon"\n', 4, "must be a duration"),
        ('[[conversation]]\n[[conversation.turn]]\nsay = "hi"\nworld = "new"\n', 4, "unknown key"),
        ('[[case]]\nsay = "hi"\nsilence = true\n', 3, "silence: stands beside say"),
        ("[[case]]\nsilence = false\n", 2, "must be true or left out"),
        ('[[case]]\nsay = "hi"\nbody = {}\n', 3, "body: belongs to an event"),
        ('[[case]]\ntouch = "x"\n', 2, "must be a list"),
        ('[[case]]\nsay = "hi"\nscreen = "huge"\n', 3, "must be one of none, round, small, large, tv"),
        ('[[case]]\nsay = "hi"\nzone = "Mars/Base"\n', 3, "no time zone called 'Mars/Base'"),
        ('[[case]]\nsay = "hi"\nzone = "../x"\n', 3, "no time zone"),
        ('[[case]]\nsay = "hi"\npermissions = [1]\n', 3, "must be a list of texts"),
        ('[[case]]\nsay = "hi"\noutcomes = { "c://x" = 200 }\n', 3, "code and message must be texts"),
        ('[[case]]\nsay = "hi"\noutcomes = { "c://x" = { codes = "1" } }\n', 3, "codes: unknown key"),
        ('[[case]]\nsay = "hi"\noutcomes = { "c://x" = { result = 1 } }\n', 3, "result must be a table"),
        ('[[case]]\nsay = "hi"\nfaults = { timers = "sad" }\n', 3, "timers: A service can be well"),
        ('[[case]]\nsay = "hi"\nfaults = { timers = 3 }\n', 3, "timers: A service can be well"),
        ('[[case]]\nsay = "hi"\nresolution = { size = "4" }\n', 3, "size must be a table of texts"),
        ('[[case]]\nsay = "hi"\nresolution = { size = { name = "4" } }\n', 3, "name: unknown key"),
        ('[[case]]\nsay = "hi"\nsaid_by = "me"\n', 3, "must be one of skill, cloud, nobody"),
        ('[[case]]\nsay = "hi"\ncard = true\n', 3, "must be a table"),
        ('[[case]]\nsay = "hi"\ncalls = ["/v1/x"]\n', 3, "must say method and path"),
        ('[[case]]\nsay = "hi"\ncalls = [{ call = "GET /x", times = 2 }]\n', 3, "times: unknown key"),
        ('[[case]]\nsay = "hi"\ncalls = [{ call = "GET /x", count = -1 }]\n', 3, "count must be a whole"),
        ('[[case]]\nsay = "hi"\ncalls = [{ call = "GET /x", body = 1 }]\n', 3, "body must be a table"),
        ('[[case]]\nsay = "hi"\nproblems = "x"\n', 3, "must be a list"),
        ("[[case]]\nsay = \"it's '''\"\nspeach = 1\n", 3, "unknown key"),
        ('[[case]]\nsay = "hi" # """\nspeach = 1\n', 3, "unknown key"),
        ('[[case]]\nsay = "hi"\n[case.slots]\na = "b"\n[case.effects]\norders = "x"\n', 5, "whole number"),
        ('[[case]]\nsay = "hi\n', 2, "no TOML"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FixtureError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert reason in str(error.value)


def test_a_subtable_belongs_to_its_case(tmp_path: Path) -> None:
    text = '[[case]]\nsay = "hi"\n[case.slots]\nsay = "again"\n[[case]]\nsay = "ho"\nworld = 1\n'
    with pytest.raises(FixtureError, match=r":7: world: must be a text"):
        read(written(tmp_path, text))


def test_another_skill_has_locales_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, '[[case]]\nsay = "salut"\nlocale = "fr-FR"\n[[case]]\nsay = "salut"\n')
    assert [each.locale for each in read(path, locales=("fr-CA", "fr-FR"))] == ["fr-FR", "fr-CA"]
    assert [each.locale for each in read(path, locale="fr-FR", locales=("fr-FR",))] == ["fr-FR"] * 2


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FixtureError, match="cannot be read"):
        read(path)


def test_files_are_found_below_folders_and_by_name(tmp_path: Path) -> None:
    first, second = written(tmp_path, "", "en/b.toml"), written(tmp_path, "", "a.toml")
    written(tmp_path, "", "notes.md")
    assert find([tmp_path]) == [second, first]
    assert find([first, first]) == [first]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="no such file or folder"):
        find([tmp_path / "absent"])
