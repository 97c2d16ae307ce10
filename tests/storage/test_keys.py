"""Keys are unique, sort by creation and do not show what they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from skill.storage.keys import hashed, new_id


def test_ids_are_version_seven_and_sort_by_creation() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


@given(kind=st.sampled_from(["account", "customer"]), external_id=st.text(min_size=1))
def test_a_hash_is_the_same_each_time_and_differs_by_kind(kind: str, external_id: str) -> None:
    key = hashed(kind, external_id)
    assert key == hashed(kind, external_id)
    assert key != hashed("alexa_user", external_id)
    assert len(key) == 64
