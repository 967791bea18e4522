"""Workflows that run elsewhere and publish what happens in them."""
