"""Targets: how long a workflow may take, and how it stands against that."""
