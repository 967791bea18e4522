"""What the server says on a socket: frames small enough for API Gateway. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Delta = Mapping[str, Any]
_LARGEST = 24_000
"""Bytes of deltas in a frame: API Gateway carries 32 KB, and a frame says a little more."""


def text_of(message: Mapping[str, Any]) -> str:
    """As it goes over the socket."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Deltas of one topic that belong together: applied whole, or not at all."""

    topic: str
    cursor: int
    deltas: str
    """As JSON: what is kept is what is sent."""

    @property
    def text(self) -> str:
        """As it goes over the socket. Frames are numbered without gaps."""
        head = text_of({"type": "deltas", "topic": self.topic, "after": self.cursor - 1})
        return f'{head[:-1]},"cursor":{self.cursor},"deltas":{self.deltas}}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What cannot be told frame by frame: whoever listens reads anew, and goes on from here."""

    topic: str
    cursor: int

    @property
    def text(self) -> str:
        """As it goes over the socket."""
        return text_of({"type": "reload", "topic": self.topic, "cursor": self.cursor})


def frames_of(topic: str, after: int, deltas: Iterable[Delta]) -> list[Frame]:
    """These deltas as the frames that follow."""
    return [
        Frame(topic=topic, cursor=after + number, deltas=f"[{','.join(texts)}]")
        for number, texts in enumerate(_portions(deltas), start=1)
    ]


def _portions(deltas: Iterable[Delta]) -> Iterator[Sequence[str]]:
    portion: list[str] = []
    size = 0
    for delta in deltas:
        text = text_of(delta)
        length = len(text.encode()) + 1
        if portion and size + length > _LARGEST:
            yield portion
            portion, size = [], 0
        portion.append(text)
        size += length
    if portion:
        yield portion


def subscribed(topic: str, cursor: int) -> str:
    """From here on."""
    return text_of({"type": "subscribed", "topic": topic, "cursor": cursor})


def unsubscribed(topic: str) -> str:
    """No more of this."""
    return text_of({"type": "unsubscribed", "topic": topic})


def refused(code: str, message: str, topic: str | None = None) -> str:
    """A frame was not followed."""
    named = {"topic": topic} if topic is not None else {}
    return text_of({"type": "error", "code": code, "message": message, **named})


def bye(reason: str) -> str:
    """The connection is closed now."""
    return text_of({"type": "bye", "reason": reason})
