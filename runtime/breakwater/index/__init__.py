"""The execution index: one row per execution, right even when events are not."""
