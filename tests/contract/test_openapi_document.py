"""The OpenAPI document is what the route table says; the table says everything about a route."""

import inspect
import json
import re
from typing import get_type_hints

import pytest

from breakwater import contract
from breakwater.platform.http.application import EVERYWHERE
from breakwater.platform.http.errors import ApiError
from breakwater.platform.http.permissions import Permission, roles_with
from breakwater.platform.http.route import Route
from breakwater.routes.openapi import document
from breakwater.routes.table import every_route
from tests.conftest import CHECKOUT

TABLE = every_route()
EACH = [(function, route) for function, part in TABLE.items() for route in part]
NAMED = [f"{route.method} {route.path}" for _, route in EACH]
DOCUMENT = document()
each_route = pytest.mark.parametrize(("function", "route"), EACH, ids=NAMED)


def operation_of(route: Route) -> dict[str, object]:
    path = route.path.replace("<", "{").replace(">", "}")
    operation: dict[str, object] = DOCUMENT["paths"][path][route.method.lower()]
    return operation


def test_the_committed_document_is_what_the_route_table_says() -> None:
    committed = (CHECKOUT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(committed) == DOCUMENT, "docs/api/openapi.json is stale: run make openapi"


def test_the_document_is_the_same_every_time() -> None:
    assert json.dumps(document()) == json.dumps(DOCUMENT)


@each_route
def test_a_route_names_a_permission_that_some_role_holds(function: str, route: Route) -> None:
    assert isinstance(route.permission, Permission)
    assert roles_with(route.permission)
    assert f"`{route.permission}`" in str(operation_of(route)["description"])


@each_route
def test_a_route_says_what_it_takes_and_what_it_gives(function: str, route: Route) -> None:
    """Without an annotation nothing would be validated, and nothing described."""
    hints = get_type_hints(route.call, include_extras=True)
    assert set(hints) == {*inspect.signature(route.call).parameters, "return"}
    assert route.summary


@each_route
def test_a_route_names_its_errors_and_the_document_has_them(function: str, route: Route) -> None:
    assert all(issubclass(error, ApiError) for error in route.errors)
    statuses = {error.status for error in route.errors}
    assert set(operation_of(route)["responses"]) == {  # type: ignore[call-overload]
        str(status) for status in {*EVERYWHERE, *statuses, route.success}
    }


@each_route
def test_what_a_path_names_may_not_exist(function: str, route: Route) -> None:
    if "<" in route.path:
        assert 404 in {error.status for error in route.errors}


@each_route
def test_a_route_lies_below_what_the_gateway_sends_to_its_function(
    function: str, route: Route
) -> None:
    path = re.sub(r"<\w+>", "{}", route.path)
    below = [re.sub(r"{\w+}", "{}", one) for one in contract.API_PATHS[function]]
    assert any(path == one or path.startswith(f"{one}/") for one in below)


@each_route
def test_changing_needs_more_than_reading(function: str, route: Route) -> None:
    """Validation is asked with POST, and changes nothing; a ticket lets one read."""
    if route.method != "GET" and not route.path.endswith(("/validate", "/live/ticket")):
        assert route.permission is not Permission.READ


def test_no_two_functions_answer_below_the_same_path() -> None:
    paths = [path for part in contract.API_PATHS.values() for path in part]
    assert len(paths) == len(set(paths))


def test_a_route_is_in_the_table_once() -> None:
    assert len(NAMED) == len(set(NAMED))


def test_operation_ids_are_unique() -> None:
    ids = [
        operation["operationId"]
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids)) == len(EACH) + 1  # and health


def test_the_document_has_the_routes_and_health_and_nothing_else() -> None:
    told = {
        f"{method.upper()} {path}"
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
    }
    assert told == {
        *(name.replace("<", "{").replace(">", "}") for name in NAMED),
        f"GET {contract.HEALTH_PATH}",
    }


def test_only_health_needs_no_sign_in() -> None:
    open_to_all = [
        path
        for path, operations in DOCUMENT["paths"].items()
        for operation in operations.values()
        if operation.get("security") == []
    ]
    assert open_to_all == [contract.HEALTH_PATH]
    assert DOCUMENT["security"]
