"""Figures over many executions, written as executions end, so that reading them costs the same
at a hundred and at a million.
"""
