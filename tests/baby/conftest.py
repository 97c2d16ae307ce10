"""The homes in which the diary's tests speak: without children, with Leo, with Leo and Maya."""

from datetime import timedelta

import pytest

from skill.storage.database import Database
from tests.baby.diary_home import NOW, Home, new_home


@pytest.fixture
def empty_home(database: Database) -> Home:
    """Anna, Ben and the helper Gina, without children, orders or entries."""
    return new_home(database)


@pytest.fixture
def one_child(empty_home: Home) -> Home:
    """The home with Leo alone: 150 days old, size 2."""
    empty_home.do(lambda diary: diary.add_child("Leo", NOW.date() - timedelta(days=150), "2", NOW.date()))
    return empty_home


@pytest.fixture
def home(one_child: Home) -> Home:
    """The home with Leo and Maya, who is 800 days old and wears size 5."""
    one_child.do(lambda diary: diary.add_child("Maya", NOW.date() - timedelta(days=800), "5", NOW.date()))
    return one_child
