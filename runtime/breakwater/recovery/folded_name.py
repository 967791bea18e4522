"""When two names are the same name, and which names nobody could tell apart.

Letter case and ways of writing a letter make no difference; nor do joiners, which nobody sees.
"""

import unicodedata

# Some scripts, and emoji, need joiners within a name: they are taken, and do not make another name.
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))


def folded(name: str) -> str:
    """`Web`, `WEB` and `ｗｅｂ` are one name; so are two encodings of `é`."""
    seen = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", seen).translate(_JOINERS)
