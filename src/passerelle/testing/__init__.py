"""Doubles for our tests and for integrators: makers of invented services, and a ledger that may be flushed."""
