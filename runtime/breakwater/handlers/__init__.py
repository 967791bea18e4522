"""One thin file per Lambda function. No imports of ours here: a function pays only for its own."""

import gc

# A start makes some hundred thousand objects, and nearly all of them stay. Python would look for
# garbage among them each time that there are a few hundred more: a tenth of the whole start.
gc.set_threshold(50_000, *gc.get_threshold()[1:])
