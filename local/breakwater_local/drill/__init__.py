"""`make drill`: a drill of a plan from start to report, watched and answered in the terminal.

What is shown is made by pure modules (`screen`, `news`, `summary`: run JSON → lines). `command`
does what people ask for through the operations API, as a person of the sample.
"""
