"""Bulks: what is previewed, confirmed, done once and stopped."""
