"""Deadlines: who is told, when, and how often."""
