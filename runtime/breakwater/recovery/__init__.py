"""Protection groups and recovery plans: what people prepare, and whether it would work now."""
