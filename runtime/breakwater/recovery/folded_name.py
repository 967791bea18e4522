"""When two names are the same name: letter case and ways of writing a letter make no difference."""

import unicodedata


def folded(name: str) -> str:
    """`Web`, `WEB` and `ｗｅｂ` are one name; so are two encodings of `é`."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
