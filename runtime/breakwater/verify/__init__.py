"""Checks a deployment from outside: `python -m breakwater.verify --environment dev`."""
