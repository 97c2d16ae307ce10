"""Loyalty: points in a double-entry ledger, rewards, and claims that hold points until the "yes"."""
