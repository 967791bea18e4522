"""What runs workflows: each behind the same port."""
