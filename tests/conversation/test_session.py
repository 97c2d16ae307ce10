"""What a conversation remembers travels over the wire, so whatever comes back is only half believed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.conversation.session import Session, from_attributes
from skill.storage.database import Database
from tests.pretend.home import Home

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ATTRIBUTES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("confirm", "choice", "elicit", "misses", "other"), JSON)
)
SESSIONS = st.builds(
    Session,
    confirm=st.none() | st.uuids().map(str),
    choice=st.none() | st.dictionaries(st.text(), JSON, min_size=1, max_size=3),
    elicit=st.none() | st.tuples(st.text(), st.text()),
    misses=st.integers(0, 100),
)


@given(session=SESSIONS)
def test_a_session_comes_back_as_it_was_sent(session: Session) -> None:
    assert from_attributes(json.loads(json.dumps(session.to_attributes()))) == session


@given(attributes=ATTRIBUTES | JSON)
def test_whatever_comes_is_read_as_some_session(attributes: object) -> None:
    session = from_attributes(attributes)
    assert session.confirm is None or isinstance(session.confirm, str)
    assert isinstance(session.misses, int)
    assert json.dumps(session.to_attributes()) is not None


@pytest.mark.parametrize(
    "attributes",
    [
        None,
        [],
        "confirm",
        {"confirm": 7},
        {"choice": []},
        {"elicit": ["one"]},
        {"misses": "two"},
        {"misses": -3},
    ],
)
def test_what_is_not_ours_is_treated_as_not_there(attributes: object) -> None:
    assert from_attributes(attributes) == Session()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    attributes=ATTRIBUTES,
    intent=st.sampled_from(
        ["AMAZON.YesIntent", "AMAZON.NoIntent", "AMAZON.FallbackIntent", "ChooseJarIntent"]
    ),
)
def test_hostile_attributes_get_a_spoken_answer_and_no_effect(
    database: Database, attributes: object, intent: str
) -> None:
    home = Home(database)
    home.session = attributes
    assert home.say(intent).speech
    assert home.effects() == []
