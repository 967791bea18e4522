"""The simulator's two YAML files, checked: every problem at once, with its line and its remedy."""
