"""The household rule and its exceptions, as data that a test holds the whole program to.

The rule: every household-owned row carries `household_id`, first in its primary key and in every unique
constraint, index, and foreign key to another such table; every query of such a table names one household;
one transaction never leaves a household. Everything that is otherwise is listed here, with the reason.
"""

from collections.abc import Mapping

REFERENCE_TABLES: Mapping[str, str] = {
    "seller": "catalogue",
    "need": "catalogue",
    "product": "catalogue",
    "sku": "catalogue",
    "sku_name": "catalogue",
    "price": "catalogue",
    "stock": "catalogue; counted by the demo shop, in its own transactions",
    "product_rating": "catalogue",
    "wish_count": "catalogue; the shop's own figures, which name nobody",
    "review": "catalogue",
    "bought_together": "what several households bought together, as counts that name none of them",
    "together_count": "when those counts were made",
    "catalogue_event": "ids of the shop's reports on prices and stock",
    "earn_rule": "the shop's rules",
    "reward": "the shop's rewards",
    "reward_name": "the shop's rewards",
    "oauth_client": "the programs that may link accounts; the merchant's",
    "demo_order": "the demo shop is another system that shares the file",
    "demo_return": "the demo shop is another system that shares the file",
    "import_batch": "how far an import of the merchant's files has come; names no household",
}
"""Tables without a household: small, shop-wide, the same for everybody."""

KEYED_OTHERWISE: Mapping[str, str] = {
    "directory": "read before a household is known; keyed by the hash of the outside identifier",
}
"""Tables that name a household but are found by another key, in a transaction of their own."""

CROSSING_QUERIES: Mapping[str, str] = {
    "worker": "the worker lists the households and then works in each one's own transaction",
    "outbox": "the merchant's list of messages; the one asked about is then worked on in its own household",
    "fixtures": "counts rows for the effects of a fixture, on a private database",
}
"""Queries over all households; each marks itself with the execution option `crosses_households`."""
