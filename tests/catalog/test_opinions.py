"""Ratings and reviews: how few ratings weigh, and which review is read."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skill.catalog.models import ProductRating, Review
from skill.catalog.opinions import score, scores, typical

DAY = date(2026, 11, 1)
averages = st.integers(100, 500)
counts = st.integers(1, 10_000)


def rating(average: int, ratings: int) -> ProductRating:
    return ProductRating(product_id="p", average_hundredths=average, ratings=ratings, as_of=DAY)


def review(stars: int, days_ago: int) -> Review:
    written = DAY - timedelta(days=days_ago)
    return Review(product_id="p", language="en", position=days_ago, stars=stars, text="", written_on=written)


@given(averages, counts, averages)
def test_a_score_lies_between_a_products_own_average_and_that_of_all(
    own: int, ratings: int, everybody: int
) -> None:
    low, high = sorted((own, everybody))
    assert low * 1000 <= score(rating(own, ratings), everybody) <= high * 1000


def test_a_few_perfect_ratings_do_not_beat_many_good_ones() -> None:
    found = scores({"few": rating(500, 10), "many": rating(480, 900), "others": rating(400, 500)})
    assert found["many"] > found["few"] > found["others"]


def test_without_ratings_there_is_no_score() -> None:
    assert scores({}) == {}


def test_the_newest_of_the_reviews_nearest_to_the_average_is_read() -> None:
    written = [review(5, 1), review(4, 2), review(4, 9), review(1, 20)]
    assert typical(written, 410) is written[1]
    assert typical(written, 130) is written[3]
    assert typical([], 410) is None
