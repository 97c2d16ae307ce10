"""The role table: what each role of a household may do by voice."""

PERMISSIONS = ("browse", "orders", "reorder", "order", "cancel", "list", "points", "claim", "care", "secure")
"""browse: help, products, rewards | orders: hear status and history | reorder: the usual, the list, the last
order | order: anything else | cancel: an order, or send it back, or to another address | list: the shopping
list | points: hear the balance | claim: a reward | care: the baby diary | secure: the voice code and child
mode."""

ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS),
    "adult": frozenset(PERMISSIONS),
    "helper": frozenset({"browse", "reorder", "list", "care"}),
    "child": frozenset({"browse"}),
    "guest": frozenset({"browse"}),
}


BUYING = frozenset({"reorder", "order", "claim"})
"""What nobody may do in child mode."""


def permissions(role: str, *, child_mode: bool = False) -> frozenset[str]:
    """What `role` may do; an unknown role may do what a guest may, and in child mode nobody may buy."""
    allowed = ROLES.get(role, ROLES["guest"])
    return allowed - BUYING if child_mode else allowed
