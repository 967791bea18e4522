"""Bulk cancel and retry: what a filter finds, looked at, confirmed, and done one by one."""
