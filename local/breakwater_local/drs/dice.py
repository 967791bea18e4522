"""Chance that repeats itself: the same seed and the same question give the same answer.

There is no state, so it does not matter who asked what before.
"""

import hashlib

_HEX = "0123456789abcdef"


class Dice:
    """`dice.between(300, 600, "snapshot", job, server)`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def between(self, low: float, high: float, *about: object) -> float:
        """A number from low to high, to the tenth of a second."""
        fraction = int.from_bytes(self._digest(about)[:8], "big") / 2**64
        return round(low + (high - low) * fraction, 1)

    def id(self, prefix: str, *about: object, digits: int = 17) -> str:
        """An id as AWS makes them: the prefix and seventeen hexadecimal digits."""
        return prefix + "".join(_HEX[byte % 16] for byte in self._digest(about)[:digits])

    def uuid(self, *about: object) -> str:
        """An id in five groups."""
        digits = self._digest(about).hex()[:32]
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _digest(self, about: tuple[object, ...]) -> bytes:
        question = "\x1f".join((str(self.seed), *map(str, about)))
        return hashlib.blake2b(question.encode(), digest_size=32).digest()
