"""Restock."""
