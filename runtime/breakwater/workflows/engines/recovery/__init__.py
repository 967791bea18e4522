"""Recovery runs as workflows: the run's own items say how it stands."""
