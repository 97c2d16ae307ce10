"""Voice codes that are tried at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from skill.household.voice_code import VoiceCodes
from skill.storage.database import Database, Unit
from tests.orders.home import Home

TRIES = 8


def test_of_many_wrong_codes_at_once_three_are_tried(database: Database) -> None:
    home, together = Home(database), Barrier(TRIES)
    member = home.caller.member_id
    assert member is not None

    def set_code(unit: Unit) -> None:
        assert VoiceCodes(unit).draft(member, "4826")
        assert VoiceCodes(unit).settle(member, "4826")

    def check(code: str) -> str:
        return database.run(home.household_id, lambda unit: VoiceCodes(unit).check(member, code, home.now))

    def at_once(_number: int) -> str:
        together.wait()
        return check("1000")

    database.run(home.household_id, set_code)
    with ThreadPoolExecutor(TRIES) as pool:
        answers = list(pool.map(at_once, range(TRIES)))
    assert sorted(answers) == ["locked"] * (TRIES - 2) + ["wrong"] * 2
    assert check("4826") == "locked"
