"""What is deployed together: one file per stack, composition only."""
