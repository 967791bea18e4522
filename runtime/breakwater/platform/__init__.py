"""What every capability stands on: clock, ids, AWS clients, errors, HTTP."""
