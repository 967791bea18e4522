"""What infrastructure must have told a function."""

import pytest

from breakwater.platform.settings import MissingSetting, setting


def test_a_setting_is_read() -> None:
    assert setting("NAME", {"NAME": "value"}) == "value"


@pytest.mark.parametrize("environment", [{}, {"NAME": ""}])
def test_one_that_is_missing_or_empty_is_named_with_what_to_do(environment: dict[str, str]) -> None:
    with pytest.raises(MissingSetting, match=r"NAME is not set.*make deploy"):
        setting("NAME", environment)
