"""Any execution of Step Functions as a workflow: its row in the index, and its history."""
