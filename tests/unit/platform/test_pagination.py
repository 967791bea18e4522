"""Cursors."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import cursor_of, going_on, position_of, texts_of

positions = st.dictionaries(st.text(), st.dictionaries(st.just("S"), st.text(), min_size=1))
questions = st.dictionaries(st.text(), st.text() | st.integers() | st.none())


@given(positions, questions)
def test_a_cursor_leads_back_to_its_place(
    position: dict[str, Any], question: dict[str, Any]
) -> None:
    assert position_of(cursor_of(position, question), question) == position


def test_a_cursor_of_another_question_is_refused() -> None:
    cursor = cursor_of({"id": {"S": "1"}}, {"status": "RUNNING"})
    with pytest.raises(BadRequest, match="belongs to another question"):
        position_of(cursor, {"status": "FAILED"})


@given(st.text())
def test_any_other_text_is_a_400_that_says_what_to_do(text: str) -> None:
    with pytest.raises(BadRequest, match="Begin again without one") as refused:
        position_of(text, {})
    assert refused.value.details[0]["place"] == "cursor"  # type: ignore[index]


@pytest.mark.parametrize("content", ["7", "[]", "null", "{}", '{"p": 1}', '{"p": [], "q": "x"}'])
def test_a_cursor_that_somebody_made_up_is_a_400(content: str) -> None:
    made_up = base64.urlsafe_b64encode(content.encode()).decode()
    with pytest.raises(BadRequest):
        position_of(made_up, {})


def test_a_cursor_fits_into_an_address() -> None:
    cursor = cursor_of({"name": {"S": "ä/+ü?&" * 20}}, {"q": "x"})
    assert json.dumps(cursor).strip('"').replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "position", [{}, {"id": 7}, {"id": ""}, {"id": {"S": "x"}}, {"id": "x", "more": "y"}]
)
def test_a_place_made_of_other_than_the_texts_asked_for_is_refused(position: Any) -> None:
    with pytest.raises(BadRequest, match="none that was given out"):
        texts_of(cursor_of(position, {}), {}, "id")
    assert texts_of(cursor_of({"id": "x"}, {}), {}, "id") == ("x",)


def test_a_place_at_which_dynamodb_cannot_go_on_is_a_400() -> None:
    wrong = ClientError({"Error": {"Code": "ValidationException"}}, "Query")
    with pytest.raises(BadRequest, match="none that was given out"), going_on("cursor"):
        raise wrong
    with pytest.raises(ClientError), going_on(None):  # then it is our mistake
        raise wrong
