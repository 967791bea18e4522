"""Several sources in one order, read no further than a page needs. Pure but for the sources.

Each source goes on in its own order from its own place, so the list does not shift, and nothing
comes twice, whatever shares a millisecond. A source of which nothing was shown yet begins at the
top again: what has come there meanwhile is newer than the page before, and is passed over.
"""

from collections.abc import Mapping, Sequence

from breakwater.workflows.engine_port import Candidate, Place, Source


class Merging:
    """Candidates of all sources, the newest first."""

    def __init__(
        self,
        sources: Sequence[Source],
        places: Mapping[str, Place],
        before: str | None,
        *,
        most: int,
    ) -> None:
        """
        :param places: where each source stands, by its name.
        :param before: the sort of what was shown last.
        :param most: how many items may be read, about.
        """
        self._most = most
        self._sources = {source.name: source for source in sources}
        self._places = dict(places)
        self._before = before
        self._waiting: dict[str, list[Candidate]] = {name: [] for name in self._sources}
        self._further = dict.fromkeys(self._sources, True)
        self._next: dict[str, Place | None] = {
            name: self._places.get(name) for name in self._sources
        }
        self._asked: set[str] = set()
        self.read = 0

    def take(self, count: int) -> list[Candidate]:
        """The next so many; fewer at the end of all sources, or when enough was read."""
        taken: list[Candidate] = []
        while len(taken) < count:
            for name in self._sources:
                self._fill(name, count - len(taken))
            if any(self._further[name] and not self._waiting[name] for name in self._sources):
                break  # the next of that source is not known, so nor is the next of all
            heads = [waiting[0] for waiting in self._waiting.values() if waiting]
            if not heads:
                break
            first = max(heads, key=lambda one: (one.sort, one.source))
            taken.append(self._waiting[first.source].pop(0))
        return taken

    @property
    def is_over(self) -> bool:
        """Nothing is left."""
        return not any(self._waiting.values()) and not any(self._further.values())

    def reached(self) -> dict[str, Place]:
        """Where each source stands when all that was taken has been looked at."""
        return {
            name: place
            for name in self._sources
            if (place := self._next[name]) and not self._waiting[name] and self._further[name]
        }

    def _fill(self, name: str, count: int) -> None:
        """Have the next candidate of this source at hand, if there is one."""
        while not self._waiting[name] and self._further[name]:
            if self.read >= self._most and name in self._asked:
                return  # every source is asked once, so that each page comes further
            self._asked.add(name)
            batch = self._sources[name].read(self._next[name], count)
            self.read += batch.read
            self._next[name] = batch.after
            self._further[name] = batch.after is not None
            fresh = name not in self._places
            self._waiting[name] = [
                one for one in batch.found if not (fresh and self._is_newer(one))
            ]

    def _is_newer(self, one: Candidate) -> bool:
        return self._before is not None and one.sort > self._before


def places_after(places: Mapping[str, Place], shown: Sequence[Candidate]) -> dict[str, Place]:
    """Where each source stands once these have been looked at."""
    return {**places, **{one.source: one.place for one in shown}}
