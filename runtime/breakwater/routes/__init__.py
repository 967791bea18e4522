"""The route table: each capability's routes in a file of its own, with their models and errors."""
