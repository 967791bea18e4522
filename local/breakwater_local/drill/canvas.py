"""What a screen is drawn on: its width, the moment, the style, and the columns that fit."""

from dataclasses import dataclass
from datetime import datetime

from breakwater_local.style import Style

STATUS, TIME = 10, 8
NARROWEST = 40
"""What is narrower is drawn as if it were not: nothing could be read there anyway."""

_DRS, _INSTANCE = 11, 19
_NAME_MOST, _NAME_LEAST = 24, 8
_WITH_INSTANCE, _WITH_DRS = 74, 50
_FIXED = 24
"""The signs, statuses, times and spaces of a server's line."""


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """Where and when."""

    width: int
    now: datetime
    style: Style

    @property
    def drs(self) -> int:
        """Of what DRS says; 0 where it does not fit."""
        return _DRS if self.width >= _WITH_DRS else 0

    @property
    def instance(self) -> int:
        """Of instance ids; 0 where they do not fit."""
        return _INSTANCE if self.width >= _WITH_INSTANCE else 0

    @property
    def middle(self) -> int:
        """Of both, each with its space."""
        return sum(one + 1 for one in (self.drs, self.instance) if one)

    @property
    def name(self) -> int:
        """Of a server's name; a wave's is two longer."""
        return max(_NAME_LEAST, min(_NAME_MOST, self.width - _FIXED - self.middle))
