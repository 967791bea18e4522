"""A problem that a person can solve, said in a way that helps them."""


class Problem(Exception):
    """What is wrong, and what to do: the command line prints both and ends with status 1."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  → {self.remedy}"
