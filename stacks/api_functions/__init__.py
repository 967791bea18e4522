"""The functions behind the API: what each is told and what each may do. They live in its stack."""
