"""HTML made of elements, in which every text is escaped because nothing else is possible. Pure.

What is not `Html` is text. Text cannot break out of its element, nor turn the direction of what
surrounds it (names are isolated), nor carry characters that HTML forbids.
"""

from collections.abc import Iterable
from html import escape
from unicodedata import category

_TURNING = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_VOID = frozenset({"meta", "rect", "line", "path", "circle", "br", "col"})


class Html(str):
    """Finished markup."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value as text, harmless anywhere between tags and in attributes."""
    told = str(value)
    if not told.isprintable():
        told = "".join(one if _allowed(one) else "\ufffd" for one in told)
    return Html(escape(told))


def name(value: object) -> Html:
    """A name that people chose: whatever its script, it does not turn the line around it."""
    return tag("bdi", str(value))


def plain_name(value: object) -> str:
    """The same where there can be no element: in titles and tooltips."""
    return f"\u2068{str(value).translate(_TURNING)}\u2069"


def tag(element: str, *content: object, **attributes: object) -> Html:
    """`tag("td", "x", class_="n")`; an attribute that is None is left out."""
    parts = [
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' if value is not True else f" {key}"
        for key, value in attributes.items()
        if value is not None and value is not False
    ]
    opened = f"<{element}{''.join(parts)}"
    if element in _VOID and not content:
        return Html(f"{opened}>" if element in {"meta", "br", "col"} else f"{opened}/>")
    return Html(f"{opened}>{joined(content)}</{element}>")


def joined(content: Iterable[object]) -> Html:
    """One after the other; None is nothing."""
    return Html("".join(_piece(one) for one in content))


def _piece(one: object) -> str:
    if one is None:
        return ""
    if isinstance(one, Html):
        return one
    if isinstance(one, (list, tuple)):
        return joined(one)
    return text(one)


def _allowed(one: str) -> bool:
    return one in "\n\t" or category(one) not in {"Cc", "Cs"}
