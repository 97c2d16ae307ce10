"""What buyers think: ratings, wishes and reviews, spoken of only where enough people gave them."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import col, select

from skill.catalog.models import ProductRating, Review, WishCount
from skill.storage.database import Unit

MIN_RATINGS = 10
"""Ratings from which on a mean is spoken of: stars scatter by a good one, so that the mean of ten is known
to about 0.4 stars (one standard error), and of fewer to nothing that tells two products apart."""
MIN_WISHES = 10
"""Wish lists from which on something counts as wished for; fewer are a handful of people."""


def score(rating: ProductRating, shop_average: int) -> int:
    """The rating by which products are ranked, in thousandths of a hundredth of a star.

    The weighted rating WR = v/(v+m) R + m/(v+m) C that IMDb published for its Top 250, with the mean R of v
    ratings, the mean C of all, and m = MIN_RATINGS: few ratings pull a product towards the average.
    """
    weighted = rating.average_hundredths * rating.ratings + shop_average * MIN_RATINGS
    return weighted * 1000 // (rating.ratings + MIN_RATINGS)


def ratings_of(unit: Unit, products: Collection[str]) -> dict[str, ProductRating]:
    """The ratings of those products that have enough of them, by product."""
    rows = unit.session.exec(
        select(ProductRating).where(
            col(ProductRating.product_id).in_(list(products)), col(ProductRating.ratings) >= MIN_RATINGS
        )
    ).all()
    return {row.product_id: row for row in rows}


def top_rated(unit: Unit, most: int) -> set[str]:
    """The products of the whole shop with the best averages, of those that have enough ratings."""
    rows = unit.session.exec(
        select(ProductRating.product_id)
        .where(col(ProductRating.ratings) >= MIN_RATINGS)
        .order_by(col(ProductRating.average_hundredths).desc(), col(ProductRating.product_id))
        .limit(most)
    ).all()
    return set(rows)


def scores(rated: Mapping[str, ProductRating]) -> dict[str, int]:
    """Each product's `score`; the average is that of everything in `rated`."""
    count = sum(rating.ratings for rating in rated.values())
    if not count:
        return {}
    average = sum(rating.average_hundredths * rating.ratings for rating in rated.values()) // count
    return {product: score(rating, average) for product, rating in rated.items()}


def rating_of(unit: Unit, product_id: str) -> ProductRating | None:
    """A product's rating, of however many."""
    return unit.session.get(ProductRating, product_id)


def most_wished(unit: Unit, products: Collection[str] | None, most: int) -> list[WishCount]:
    """The products on most wish lists, among `products` or all; none that is on fewer than MIN_WISHES."""
    query = select(WishCount).where(col(WishCount.wishes) >= MIN_WISHES)
    if products is not None:
        query = query.where(col(WishCount.product_id).in_(list(products)))
    query = query.order_by(col(WishCount.wishes).desc(), col(WishCount.product_id)).limit(most)
    return list(unit.session.exec(query).all())


def reviews_of(unit: Unit, product_id: str, language: str) -> Sequence[Review]:
    """What was written about a product in a language, newest first."""
    return unit.session.exec(
        select(Review)
        .where(col(Review.product_id) == product_id, col(Review.language) == language)
        .order_by(col(Review.written_on).desc(), col(Review.position))
    ).all()


def typical(reviews: Sequence[Review], average_hundredths: int) -> Review | None:
    """The review to read: the newest of those whose stars are nearest to the average, so that it neither
    flatters nor blames; None when there is none."""
    return min(reviews, key=lambda review: abs(review.stars * 100 - average_hundredths), default=None)
