"""Breakwater: disaster recovery in waves, and every Step Functions execution as it happens."""

__version__ = "0.1.0"
