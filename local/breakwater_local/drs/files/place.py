"""Where in a document something stands."""

Place = tuple[str | int, ...]
"""Keys and positions, from the top."""
