"""Alembic migrations; run by `restock db upgrade`."""
