"""One thin file per Lambda function. No imports here: a function pays only for its own."""
