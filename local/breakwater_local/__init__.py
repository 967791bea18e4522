"""Breakwater on one machine: installs what it needs, runs an embedded AWS, deploys to it.

The modules that `install` uses import the standard library only: they run before anything is
installed.
"""
