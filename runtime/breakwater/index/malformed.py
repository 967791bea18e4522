"""A record that no retry will mend."""


class Malformed(ValueError):
    """It is not what it should be; the message quotes what is wrong."""
