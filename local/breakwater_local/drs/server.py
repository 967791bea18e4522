"""The HTTP server, on loopback; beside DRS it has four addresses of its own.

GET /_simulator/health, /_simulator/calls, /_simulator/events; POST /_simulator/reset.
"""

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.errors import ConnectionLost, internal, too_large
from breakwater_local.drs.service import HttpRequest, Service
from breakwater_local.drs.simulation import Simulation
from breakwater_local.drs.wire.response import failure

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
OWN = "/_simulator/"
LARGEST_BODY = 2**20
"""A StartRecovery of 200 servers, with all its tags, has less than a tenth of it."""
_READ_IN_VAIN = 2**24
TICK_SECONDS = 0.2
_SHORTEST_TICK = 0.001

_logger = logging.getLogger(__name__)


class Server:
    """A running simulator: `with Server(simulation, gate, port) as server: server.endpoint`."""

    def __init__(
        self, simulation: Simulation, service: Service, port: int = 0, *, ticking: bool = True
    ) -> None:
        """
        :param port: 0 takes a free one.
        :param ticking: let things leave the simulator when nobody calls, too.
        """
        self._simulation = simulation
        self._ended = threading.Event()
        self._http: BaseWSGIServer = make_server(
            HOST, port, _Application(simulation, service), threaded=True, request_handler=_Handler
        )
        self._threads = [
            threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        ]
        simulation.ticks_apart = ticking
        if ticking:
            self._threads.append(threading.Thread(target=self._tick, daemon=True))

    @property
    def endpoint(self) -> str:
        """Where clients find it."""
        return f"http://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_port)

    def __enter__(self) -> "Server":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()
        for thread in self._threads:
            thread.join()

    def _tick(self) -> None:
        while not self._ended.wait(self._until_next()):
            try:
                self._simulation.settle()
            except Exception:  # the ticker must outlive what one delivery does
                _logger.exception("what was due could not be settled")

    def _until_next(self) -> float:
        """Seconds until there may be something to do; a fast clock has it sooner."""
        return min(max(self._simulation.seconds_to_next(), _SHORTEST_TICK), TICK_SECONDS)


class _Handler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Calls are recorded; see /_simulator/calls."""


class _Application:
    def __init__(self, simulation: Simulation, service: Service) -> None:
        self._simulation = simulation
        self._service = service
        self._ids = Dice(0)
        self._count = 0

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        if request.path.startswith(OWN):
            return self._own(request)(environ, start)
        try:
            answer = self._service.answer(_seen(request))
        except RequestEntityTooLarge:
            answer = failure(too_large(LARGEST_BODY))
            _read_away(environ)
        except ConnectionLost:
            return _hung_up(environ)
        except Exception:  # a mistake of ours: the caller gets an error, the log the reason
            _logger.exception("%s %s", request.method, request.path)
            answer = failure(internal())
        self._count += 1
        response = Response(answer.body, answer.status, mimetype="application/json")
        response.headers.extend(answer.headers)
        response.headers["x-amzn-RequestId"] = self._ids.uuid("request", self._count)
        return response(environ, start)

    def _own(self, request: Request) -> Response:
        name = request.path.removeprefix(OWN)
        read: dict[str, Callable[[], Any]] = {
            "health": self._simulation.health,
            "calls": lambda: {"items": self._simulation.recorded_calls()},
            "events": lambda: {
                "items": self._simulation.published_events(),
                "snapshots": self._simulation.snapshot_events(),
            },
        }
        if request.method == "GET" and name in read:
            return Response(json.dumps(read[name]()), mimetype="application/json")
        if request.method == "POST" and name == "reset":
            self._simulation.reset()
            return Response(status=204)
        return Response(f"There is nothing at {request.method} {request.path}\n", 404)


def _seen(request: Request) -> HttpRequest:
    raw = urlsplit(str(request.environ["RAW_URI"])).path
    return HttpRequest(
        method=request.method,
        raw_path=raw,
        query=dict(request.args.lists()),
        headers=request.headers,  # type: ignore[arg-type]  # a mapping in all but its base
        body=request.get_data(),
    )


def _read_away(environ: "WSGIEnvironment") -> None:
    """A client that is still sending would not read the answer; one that sends for ever must not
    be listened to either.
    """
    left = min(int(environ.get("CONTENT_LENGTH") or 0), _READ_IN_VAIN)
    while left > 0:
        read = len(environ["wsgi.input"].read(min(left, 2**16)))
        left = left - read if read else 0


def _hung_up(environ: "WSGIEnvironment") -> Iterable[bytes]:
    """Closes the connection with nothing said, as a network does that loses an answer."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionError("scripted: the answer is lost")
