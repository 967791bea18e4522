"""The waves of a plan as a graph: what waits for what, and whether it can ever start. Pure."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence


class CyclicWaves(ValueError):
    """The waves wait for each other; the message names them."""


class WaveGraph:
    """Waves by name, each with the names of the waves that it waits for.

    A name that is no wave's, and a wave that waits for itself, are left out: validation has told
    of them. All orders are stable: what the plan does not decide stays as the plan is written.
    """

    def __init__(self, depends_on: Mapping[str, Sequence[str]]) -> None:
        self._depends_on: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(one for one in needed if one in depends_on and one != name))
            for name, needed in depends_on.items()
        }
        self._dependants: dict[str, list[str]] = {name: [] for name in self._depends_on}
        for name, needed in self._depends_on.items():
            for one in needed:
                self._dependants[one].append(name)

    def cycles(self) -> list[tuple[str, ...]]:
        """Waves that wait for each other: `(web, app)` is web → app → web.

        Every dependency that lies on a cycle is on one that is returned, so mending all of them is
        enough; there can be exponentially many others made of the same dependencies.
        """
        found: list[tuple[str, ...]] = []
        covered: set[tuple[str, str]] = set()
        startable = set(self._startable())
        for name, needed in self._depends_on.items():
            for one in needed:
                if name in startable or (name, one) in covered:
                    continue
                way = self._shortest_way(one, name)
                if way is not None:
                    cycle = (name, *way[:-1])
                    found.append(cycle)
                    covered.update(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
        return found

    def order(self) -> tuple[str, ...]:
        """The waves, each after those that it waits for."""
        ordered = self._startable()
        if len(ordered) < len(self._depends_on):
            told = "; ".join(" → ".join((*cycle, cycle[0])) for cycle in self.cycles())
            raise CyclicWaves(f"these waves wait for each other: {told}")
        return tuple(ordered)

    def needed_by(self, name: str) -> frozenset[str]:
        """Everything that must be complete before this wave, directly or not."""
        return frozenset(self._reachable(name, self._depends_on))

    def dependants_of(self, name: str) -> frozenset[str]:
        """Everything that cannot start if this wave fails, directly or not."""
        return frozenset(self._reachable(name, self._dependants))

    def longest_chain(self, minutes: Mapping[str, int] | None = None) -> tuple[str, ...]:
        """The waves that decide how long it takes: the most in a row, or the most minutes."""
        best: dict[str, tuple[int, tuple[str, ...]]] = {}
        for name in self.order():
            before = max(
                (best[one] for one in self._depends_on[name]),
                key=lambda chain: chain[0],
                default=(0, ()),
            )
            own = 1 if minutes is None else minutes[name]
            best[name] = (before[0] + own, (*before[1], name))
        return max(best.values(), key=lambda chain: chain[0], default=(0, ()))[1]

    def _startable(self) -> list[str]:
        """In order, the waves that are neither on a cycle nor wait for one."""
        waiting = {name: len(needed) for name, needed in self._depends_on.items()}
        ready = deque(name for name, count in waiting.items() if count == 0)
        ordered: list[str] = []
        while ready:
            name = ready.popleft()
            ordered.append(name)
            for dependant in self._dependants[name]:
                waiting[dependant] -= 1
                if waiting[dependant] == 0:
                    ready.append(dependant)
        return ordered

    def _shortest_way(self, start: str, end: str) -> tuple[str, ...] | None:
        ways: deque[tuple[str, ...]] = deque([(start,)])
        seen = {start}
        while ways:
            way = ways.popleft()
            if way[-1] == end:
                return way
            for following in self._depends_on[way[-1]]:
                if following not in seen:
                    seen.add(following)
                    ways.append((*way, following))
        return None

    @staticmethod
    def _reachable(start: str, edges: Mapping[str, Sequence[str]]) -> Iterator[str]:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                yield name
                waiting.extend(edges[name])
