"""Breakwater's constructs: each file holds one, each works alone in any stack."""
