"""The body of a request: of a sane size, UTF-8, and JSON with one meaning only.

Python's own reader takes more than JSON is, and fails in its own words over some of it: NaN, a key
that is there twice, a number of five thousand digits, a thousand brackets. Here each is a 400.
"""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

from breakwater.platform.http.errors import BadRequest, TooLarge

MAX_BODY_BYTES = 256 * 1024
MAX_DEPTH = 20
"""Our deepest body has eight; DynamoDB keeps 32."""

JSON_TYPE = "application/json"


def text_of(event: Mapping[str, Any]) -> str:
    """The body as text."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        _require_size(len(text.encode(errors="surrogatepass")))
        return str(text)
    try:
        plain = base64.b64decode(text, validate=True)
        _require_size(len(plain))
        return plain.decode()
    except ValueError:
        raise _refused("is not what its encoding says: send UTF-8") from None


def require_json(text: str, content_type: str) -> None:
    """Refuse anything but JSON of which nobody can read something else than we do."""
    kind = content_type.partition(";")[0].strip().lower()
    if not text:
        return
    # Powertools also reads forms, and fails over one that is broken.
    if kind and kind != JSON_TYPE:
        raise BadRequest("Send JSON, with the header content-type: application/json.")
    _require_shallow(_read(text))


def _read(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_number,
            parse_constant=_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _refused(f"is no JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # of int(): longer than Python reads
        raise _refused("has a number with too many digits") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise _refused(f"has the field {name[:80]!r} twice; remove one")
        values[name] = value
    return values


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _refused(f"has {text[:40]}, which is no number of JSON")
    return number


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise _too_deep()


def _require_size(size: int) -> None:
    if size > MAX_BODY_BYTES:
        raise TooLarge(
            f"The body has {size} bytes; at most {MAX_BODY_BYTES} are taken.",
            details={"bytes": size, "limit": MAX_BODY_BYTES},
        )


def _too_deep() -> BadRequest:
    return _refused(f"is nested deeper than {MAX_DEPTH} levels")


def _refused(why: str) -> BadRequest:
    return BadRequest(f"The body {why}.", details=[{"place": "body", "problem": why}])
