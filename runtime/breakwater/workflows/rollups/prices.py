"""What Step Functions charges, in this one place.

List prices of Standard workflows as AWS published them in November 2026, in US dollars; a test
holds README.md's date against AS_OF. Express executions are charged otherwise, by time and memory;
the index does not see them, and they are never priced here.
"""

from dataclasses import dataclass

AS_OF = "2026-11"
_PER_THOUSAND = 0.025
_ELSEWHERE = {
    "us-west-1": 0.0279,
    "sa-east-1": 0.0375,
    "us-gov-east-1": 0.030,
    "us-gov-west-1": 0.030,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Of state transitions, free tier and discounts ignored."""

    per_thousand_usd: float
    as_of: str = AS_OF

    def of(self, transitions: float) -> float:
        """US dollars."""
        return round(transitions * self.per_thousand_usd / 1000, 6)


def price_in(region: str) -> Price:
    """The price in a Region; where it is not listed, that of most Regions."""
    return Price(per_thousand_usd=_ELSEWHERE.get(region, _PER_THOUSAND))
