"""Storage: engine, unit of work, keys, idempotency, outbox, migrations."""
