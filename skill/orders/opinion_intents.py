"""What a shopper can ask about what others think: the best rated, the most wished for, and reviews."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from skill.catalog import opinions
from skill.catalog.discovery import Wishes
from skill.catalog.index import SkuFacts
from skill.catalog.models import ProductRating
from skill.catalog.spoken_names import words
from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.orders.choosing import chosen
from skill.orders.discovery_intents import may_be_offered, offer
from skill.orders.pending import pending
from skill.orders.service import Orders
from skill.orders.shelf import shelf, skus_named, spoken
from skill.orders.spoken_items import LONGEST_WORDS

PRODUCT = Slot("product", "PRODUCT")
MOST_WISHED_TOLD = 3
MOST_WEIGHED = 200
"""Products whose ratings are weighed against each other where the whole shop is meant."""


@intent("BestRatedIntent", PRODUCT)
def best_rated(turn: Turn, orders: Orders) -> Reply:
    """Name the best rated of a kind, with average, count and date; nothing where too few have rated."""
    kind, skus = _kind(turn, orders)
    if not kind:  # the whole shop is too much to price: the best of it will do
        top = opinions.top_rated(orders.unit, MOST_WEIGHED)
        skus = [sku for sku in skus if sku.product_id in top]
    found = shelf(orders, skus, Wishes(words=kind), turn.at)
    rated = opinions.ratings_of(orders.unit, {sku.product_id for sku in found.kind})
    scores = opinions.scores(rated)
    ranked = [sku for sku in found.fits if sku.product_id in scores]
    if not ranked:
        return Reply("BestRatedIntent.too_few", {"words": kind, "least": opinions.MIN_RATINGS})
    best = max(scores[sku.product_id] for sku in ranked)
    sku = next(sku for sku in ranked if scores[sku.product_id] == best)
    values = {
        "words": kind,
        "best": spoken(orders, sku, found.cents[sku.sku_id], found.own),
        **_stars(rated[sku.product_id]),
    }
    if not may_be_offered(turn):
        return Reply("BestRatedIntent.told", values)
    choice = {"options": [sku.sku_id]}
    return Reply("BestRatedIntent.offered", values, confirm=offer(sku, orders), choice=choice)


@intent("MostWishedIntent", PRODUCT)
def most_wished(turn: Turn, orders: Orders) -> Reply:
    """Name what is on most wish lists, of all things or of a kind, with counts and their date."""
    kind, skus = _kind(turn, orders)
    by_product: dict[str, list[SkuFacts]] = {}
    for sku in skus:
        by_product.setdefault(sku.product_id, []).append(sku)
    wished = opinions.most_wished(orders.unit, by_product.keys() if kind else None, MOST_WISHED_TOLD)
    told = [
        {"name": named[0].product_name, "wishes": one.wishes, "sponsored": named[0].sponsored}
        for one in wished
        if (named := by_product.get(one.product_id))
    ]
    if not told:
        return Reply("MostWishedIntent.too_few", {"words": kind})
    return Reply("MostWishedIntent.told", {"words": kind, "wished": told, "as_of": wished[0].as_of})


@intent("ReadReviewsIntent", Slot("product", "PRODUCT", elicited=True))
def read_reviews(turn: Turn, orders: Orders) -> Reply:
    """Say how a product is rated, by how many, how new that is, and read one review with its date."""
    products = _products(turn, orders)
    if not products:
        return Reply("ReadReviewsIntent.what", elicit="ReadReviewsIntent.product")
    if len(products) > 1:
        return Reply(
            "ReadReviewsIntent.which",
            {"names": [sku.product_name for sku in products]},
            elicit="ReadReviewsIntent.product",
            choice={"reviews_of": [sku.sku_id for sku in products]},
        )
    return _reviews(turn, orders, products[0])


def _reviews(turn: Turn, orders: Orders, sku: SkuFacts) -> Reply:
    rating = opinions.rating_of(orders.unit, sku.product_id)
    name = {"name": sku.product_name, "sponsored": sku.sponsored}
    if rating is None or rating.ratings < opinions.MIN_RATINGS:
        count = rating.ratings if rating else 0
        keys = "ReadReviewsIntent.too_few", "ReadReviewsIntent.too_few_waiting"
        return aside(turn, orders, keys, {**name, "count": count})
    written = opinions.reviews_of(orders.unit, sku.product_id, turn.language)
    read = opinions.typical(written, rating.average_hundredths)
    if read is None:
        keys = "ReadReviewsIntent.no_text", "ReadReviewsIntent.no_text_waiting"
        return aside(turn, orders, keys, {**name, **_stars(rating)})
    values = {
        **name,
        **_stars(rating),
        "newest": written[0].written_on,
        "written_on": read.written_on,
        "review_stars": read.stars,
        "text": read.text,
    }
    return aside(turn, orders, ("ReadReviewsIntent.told", "ReadReviewsIntent.told_waiting"), values)


def aside(turn: Turn, orders: Orders, keys: tuple[str, str], values: Mapping[str, object]) -> Reply:
    """A fact with the first of `keys`; while an offer waits for a yes with the second, which asks again.

    Any other open question is dropped, so that a yes can mean nothing else than what was asked last.
    """
    offered = turn.session.confirm is not None and bool(pending(turn, orders) or spoken_of(turn, orders))
    return Reply(keys[1], values, keep_pending=True) if offered else Reply(keys[0], values)


def _products(turn: Turn, orders: Orders) -> list[SkuFacts]:
    """One SKU of each of at most two products that are meant: named, answered, or spoken of just now."""
    said, index = (turn.heard("product") or "")[:LONGEST_WORDS], orders.catalog.index(turn.language)
    asked = _in(index.skus, (turn.session.choice or {}).get("reviews_of"))
    if asked and (answer := chosen(said, asked, turn.language, lambda sku: None)):
        return answer[:1]
    if not said:
        return spoken_of(turn, orders)[:1]
    found = orders.catalog.find(said, turn.language, _own(orders))
    if found.decision == "decline":
        raise SpokenError("FindProductIntent.not_sold", {"words": said})
    exact = [sku for sku in found.skus if words(sku.product_name) == words(said)]
    products = {sku.product_id: sku for sku in reversed(exact or found.skus)}
    return list(products.values())[::-1][:2]


def spoken_of(turn: Turn, orders: Orders) -> list[SkuFacts]:
    """What the open question is about: the lines of a quote, but for gifts, or the things just named."""
    skus, quotes = orders.catalog.index(turn.language).skus, pending(turn, orders)
    if quotes:
        lines = [line for quote in quotes for line in orders.quotes.lines(quote) if not line.hidden]
        return [skus[line.sku_id] for line in lines if line.sku_id in skus]
    return _in(skus, (turn.session.choice or {}).get("options"))


def _in(skus: Mapping[str, SkuFacts], ids: object) -> list[SkuFacts]:
    known = ids if isinstance(ids, list) else []
    return [skus[one] for one in known if isinstance(one, str) and one in skus]


def _own(orders: Orders) -> Sequence[str]:
    return orders.history.own_skus() if orders.unit.household_id is not None else []


def _kind(turn: Turn, orders: Orders) -> tuple[str, list[SkuFacts]]:
    """The words for a kind as the catalogue spells them, and its SKUs; "" and all SKUs where none is said."""
    said = (turn.heard("product") or "")[:LONGEST_WORDS]
    if not said:
        return "", list(orders.catalog.index(turn.language).skus.values())
    skus = skus_named(orders, said, turn.language)
    if not skus:
        raise SpokenError("FindProductIntent.not_sold", {"words": said})
    return orders.catalog.spelled(said, turn.language), skus


def _stars(rating: ProductRating) -> dict[str, object]:
    """The average to a tenth of a star, rounded half up, of how many, counted when."""
    tenths = (rating.average_hundredths + 5) // 10
    return {"stars": Decimal(tenths) / 10, "count": rating.ratings, "as_of": rating.as_of}
