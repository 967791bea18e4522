"""What `make bench` measures. One file per area; each offers `rows()`.

These machines are noisy: everything is measured beside a reference in the same run, in turns, and
the ratio of the medians is what counts.
"""
