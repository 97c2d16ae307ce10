"""The role table: what each role of a household may do by voice."""

PERMISSIONS = ("browse", "orders", "reorder", "order", "cancel", "list", "points", "claim", "care")
"""browse: help, products, rewards | orders: hear status and history | reorder: the usual, the list, the last
order | order: anything else | cancel: an order | list: the shopping list | points: hear the balance |
claim: a reward | care: the baby diary."""

ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS),
    "adult": frozenset(PERMISSIONS),
    "helper": frozenset({"browse", "reorder", "list", "care"}),
    "child": frozenset({"browse"}),
    "guest": frozenset({"browse"}),
}


def permissions(role: str) -> frozenset[str]:
    """What `role` may do; an unknown role may do what a guest may."""
    return ROLES.get(role, ROLES["guest"])
