"""The engine: from a frozen plan to servers that run, or to a reason why not.

`decide` says what follows from what is known; `poll` asks, writes and starts; the rest is either
data (`run`, `wave_run`, `server_run`, `job_run`, `compensation`), a decision, or an adapter.
"""
