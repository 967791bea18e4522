"""What the state looks like on the wire at a moment: documents in the words of botocore's model."""
