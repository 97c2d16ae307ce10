"""What anybody may ask of the catalogue, account or not: is it sold, and for how much."""

from skill.catalog.index import SkuFacts
from skill.catalog.service import Catalog
from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn

SPOKEN_WORDS = 100


@intent("FindProductIntent", Slot("product", "PRODUCT", elicited=True))
def find_product(turn: Turn, catalog: Catalog) -> Reply:
    """Say what is sold under a name, by whom and for how much; of several, the best two."""
    words = turn.heard("product")
    if words is None:
        return Reply("FindProductIntent.what", elicit="product")
    found = catalog.find(words, turn.language)
    offered = [one for sku in found.skus[:2] if (one := _offered(catalog, sku, turn)) is not None]
    if not offered:
        raise SpokenError("FindProductIntent.not_sold", {"words": words[:SPOKEN_WORDS]})
    outcome = "found" if len(offered) == 1 else "several"
    return Reply(f"FindProductIntent.{outcome}", {"options": offered})


def _offered(catalog: Catalog, sku: SkuFacts, turn: Turn) -> dict[str, object] | None:
    tag = catalog.price(sku, turn.at)
    if tag is None:
        return None
    return {"name": sku.name, "price": tag.price, "seller": tag.seller_name, "sponsored": sku.sponsored}
