"""Orders: quotes, placing exactly once, tracking, cancelling, and the shopping list."""
