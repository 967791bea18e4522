"""People act on executions of Step Functions."""
