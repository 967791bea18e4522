"""People act on executions: stop, redrive, start anew, start another."""
