"""The API client: what it sends again, what it does not, and how it tells a refusal."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from breakwater_local import operations
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations, Refused, Unanswered
from breakwater_local.sample_people import PEOPLE

Asked = tuple[str, str, dict[str, str], str]


class Gateway(ThreadingHTTPServer):
    """Answers what it was given to answer, in this order; None closes the connection."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, Any] | None] = []
        self.asked: list[Asked] = []


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))
        answer = self.server.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        status, told = answer
        content = (told if isinstance(told, str) else json.dumps(told)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _answer  # noqa: N815 - as the server calls them

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setattr(operations, "PAUSE_SECONDS", 0.0)
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def api(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Operations:
    tokens = iter(["first", "second", "third"])
    monkeypatch.setattr(operations, "sign_in", lambda *_: {"id_token": next(tokens)})
    port = gateway.server_address[1]
    site = Site(Emulator(pid=1, started=0.0, port=int(port)), "client", "http://here/")
    return Operations(site, f"http://abc.execute-api.localhost:{port}/api", PEOPLE[0])


def test_it_signs_in_once_and_names_the_api_as_its_host(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [(200, {"a": 1}), (200, {"a": 2})]
    assert api.get("/executions", limit="1") == {"a": 1}
    assert api.get("/me") == {"a": 2}
    (_, path, headers, _), (_, _, again, _) = gateway.asked
    assert path == "/api/executions?limit=1"
    assert headers["host"].startswith("abc.execute-api.localhost:")
    assert headers["authorization"] == again["authorization"] == "Bearer first"


def test_a_token_that_expired_is_replaced(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [(401, {"message": "expired"}), (200, {})]
    api.get("/me")
    assert [headers["authorization"] for _, _, headers, _ in gateway.asked] == [
        "Bearer first",
        "Bearer second",
    ]


@pytest.mark.parametrize("trouble", [None, (503, {"message": "Service Unavailable"}), (429, {})])
def test_what_got_no_answer_is_sent_again_with_its_own_key(
    gateway: Gateway, api: Operations, trouble: Any
) -> None:
    gateway.answers = [trouble, (202, {"executionId": "r"}), (202, {})]
    assert api.post("/executions", {"isDrill": True}) == {"executionId": "r"}
    api.post("/executions", {"isDrill": True})
    first, again, other = [headers["idempotency-key"] for _, _, headers, _ in gateway.asked]
    assert first == again != other


def test_silence_that_lasts_is_told(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [None] * operations.TRIES
    with pytest.raises(Unanswered, match="does not answer"):
        api.post("/executions", {})


def test_a_refusal_is_told_in_the_apis_words_with_every_place(
    gateway: Gateway, api: Operations
) -> None:
    details = [{"place": "waves[1]", "problem": "depends on itself"}]
    error = {"code": "unprocessable", "message": "The plan is wrong.", "details": details}
    gateway.answers = [(422, {"error": error})]
    with pytest.raises(Refused, match="422: The plan is wrong") as refused:
        api.post("/recovery-plans", {})
    assert refused.value.status == 422
    assert "waves[1]: depends on itself" in refused.value.what
    assert len(gateway.asked) == 1


def test_a_refusal_of_the_gateways_own_is_told_too(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [(404, "<html>Not here</html>")]
    with pytest.raises(Refused, match="404: <html>Not here"):
        api.get("/nowhere")


def test_lists_are_read_to_their_end(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [
        (200, {"items": [1, 2], "nextCursor": "a b"}),
        (200, {"items": [3], "nextCursor": None}),
    ]
    assert list(api.every("/recovery-plans", prefix="S")) == [1, 2, 3]
    assert gateway.asked[1][1] == "/api/recovery-plans?prefix=S&cursor=a+b"


def test_pages_are_asked_for_as_html(gateway: Gateway, api: Operations) -> None:
    gateway.answers = [(200, "<html></html>")]
    assert api.page("/executions/r/report.html") == "<html></html>"
    assert gateway.asked[0][2]["accept"] == "text/html"
