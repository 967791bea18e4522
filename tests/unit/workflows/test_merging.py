"""Several sources in one order: page after page is the whole, whatever a page may cost."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from breakwater.workflows.engine_port import Batch, Candidate, Place
from breakwater.workflows.listing.merging import Merging, places_after


class Fake:
    """A source with items of its own, of which some batches hold nothing that is wanted."""

    def __init__(self, name: str, sorts: Sequence[str], gap: int) -> None:
        self.name = name
        self._sorts = sorted(sorts, reverse=True)
        self._gap = gap

    def read(self, after: Place | None, size: int) -> Batch:
        start = int(after[0]) if after else 0
        size = min(size, self._gap)
        end = start + size
        found = [
            Candidate(source=self.name, sort=sort, place=[str(start + n + 1)], about=start + n)
            for n, sort in enumerate(self._sorts[start:end])
            if not self._passed_over(start + n)
        ]
        more = end < len(self._sorts)
        return Batch(found=found, after=[str(end)] if more else None, read=size)

    def _passed_over(self, number: int) -> bool:
        return number % 7 == 3

    def whole(self) -> list[tuple[str, int]]:
        return [(s, n) for n, s in enumerate(self._sorts) if not self._passed_over(n)]


SORTS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


@given(
    lists=st.lists(st.tuples(SORTS, st.integers(1, 9)), min_size=1, max_size=5),
    limit=st.integers(1, 12),
    most=st.integers(1, 60),
)
def test_every_item_comes_once_and_in_order(
    lists: list[tuple[list[str], int]], limit: int, most: int
) -> None:
    sources = [Fake(f"s{n}", sorts, gap) for n, (sorts, gap) in enumerate(lists)]
    seen: list[Candidate] = []
    places: dict[str, Place] = {}
    before: str | None = None
    for _ in range(1000):
        merging = Merging(sources, places, before, most=most)
        taken = merging.take(limit)
        seen += taken
        if merging.is_over:
            break
        places = {**places_after(places, taken), **merging.reached()}
        before = taken[-1].sort if taken else before
    else:
        raise AssertionError("it comes to no end")
    assert [one.sort for one in seen] == sorted((one.sort for one in seen), reverse=True)
    told = sorted((one.source, one.about) for one in seen)
    assert told == sorted((one.name, number) for one in sources for _, number in one.whole())
