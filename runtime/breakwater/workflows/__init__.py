"""The operator's view of every workflow, whatever runs it."""
