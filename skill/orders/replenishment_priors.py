"""What one shop has learned about its products: a small frozen record that a merchant can store as JSON."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import isfinite, log, sqrt
from typing import Any

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ProductPrior:
    """One product in this shop: mean log of the days between purchases, share of buyers who return."""

    log_gap: float
    repeat_share: float


@dataclass(frozen=True)
class Priors:
    """Shop-wide numbers behind every answer; `Priors()` holds round defaults for a shop not yet measured.

    The defaults say: a household item is bought about every three weeks, give or take a factor of two and a
    half; one buyer in four comes back for a product; a double pack is mostly bought because more is needed,
    so that it delays the next purchase by a tenth only; the distribution is taken at its word. They are round
    numbers for households in general; no data set goes with the product.
    """

    log_gap: float = log(21)
    log_gap_variance: float = 0.8
    repeat_share: float = 0.25
    quantity_exponent: float = 0.15
    spread_scale: float = 1.0
    confidence: Knots = ((0.0, 0.0), (1.0, 1.0))
    """From the model's share within three days to the share observed: rising, straight between."""
    products: Mapping[Hashable, ProductPrior] = field(default_factory=dict)

    @cached_property
    def spread(self) -> float:
        """The standard deviation of the logarithm of one household's gaps."""
        return sqrt(self.log_gap_variance)

    @cached_property
    def average(self) -> ProductPrior:
        """What is expected of a product that the shop has not seen."""
        return ProductPrior(self.log_gap, self.repeat_share)

    def product(self, product_id: Hashable) -> ProductPrior:
        """What is known about a product."""
        return self.products.get(product_id) or self.average

    def claimed(self, share: float) -> float:
        """The probability to claim for a share of the distribution, read from the calibration."""
        low_x, low_y = self.confidence[0]
        for x, y in self.confidence[1:]:
            if share <= x:
                return low_y + (y - low_y) * (share - low_x) / (x - low_x)
            low_x, low_y = x, y
        return low_y

    def to_json(self) -> str:
        """One line of JSON; TypeError when a product id is neither a string nor an integer."""
        rows = []
        for product_id, prior in self.products.items():
            if not isinstance(product_id, str | int) or isinstance(product_id, bool):
                raise TypeError(f"only ids that are strings or integers can be stored, not {product_id!r}")
            rows.append([product_id, prior.log_gap, prior.repeat_share])
        shop = {name: getattr(self, name) for name in _NUMBERS}
        return json.dumps({**shop, "confidence": self.confidence, "products": rows}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Priors":
        """The record behind `to_json`; ValueError when the text is no such record."""
        try:
            found: dict[str, Any] = json.loads(text)
            shop = {name: float(found[name]) for name in _NUMBERS}
            knots = tuple((float(x), float(y)) for x, y in found["confidence"])
            products = {key: ProductPrior(float(gap), float(share)) for key, gap, share in found["products"]}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no stored priors: {error}") from error
        positive = shop["log_gap_variance"] > 0 and shop["spread_scale"] > 0
        if not (all(map(isfinite, shop.values())) and positive and _rising(knots)):
            raise ValueError("no stored priors: a number is out of its range")
        return cls(**shop, confidence=knots, products=products)


_NUMBERS = ("log_gap", "log_gap_variance", "repeat_share", "quantity_exponent", "spread_scale")


def _rising(knots: Knots) -> bool:
    pairs = list(pairwise(knots))
    return bool(pairs) and all(a[0] < b[0] and 0 <= a[1] <= b[1] <= 1 for a, b in pairs)
