"""The list of workflows: several sources, one order, one cursor, a bounded cost."""
