"""Live updates: a change is heard of when it happens."""
