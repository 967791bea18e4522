"""Everything about HTTP that is done once: routes, identity, errors, limits, idempotency."""
