"""Texts of messages, as SNS and terminals can carry them. Pure."""

import unicodedata

SUBJECT_LENGTH = 99
"""SNS: less than a hundred characters of ASCII."""

BODY_LENGTH = 8_000
"""Far below the 256 KiB of SNS: a cause can quote a long error."""

_ODD = frozenset({"Cc", "Cf"})


def ascii_line(text: str) -> str:
    """Without accents; what ASCII has no letter for is a question mark; one line."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    told = kept.encode("ascii", "replace").decode("ascii")
    return " ".join("".join(one if one.isprintable() else " " for one in told).split())


def shortened(text: str, length: int) -> str:
    """Its beginning, where it is longer."""
    return text if len(text) <= length else f"{text[: max(0, length - 3)]}..."


def printable(text: str) -> str:
    """As UTF-8 can carry it, without what controls terminals or turns lines around."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(one for one in sound if one == "\n" or unicodedata.category(one) not in _ODD)
    return shortened(kept, BODY_LENGTH)
