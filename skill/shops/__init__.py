"""Connectors to a merchant's shop; `demo` is embedded and needs nothing outside."""
