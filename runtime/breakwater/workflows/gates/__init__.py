"""A gate in a state machine at which people can hold its executions."""
