"""moto's DynamoDB, as tests of tables need it: quick, and one request after the other.

* It looks in each object for each member of its shape under half a dozen names: half the time of
  such tests. A value is a dictionary with one of its ten members, under its own name.
* A transaction copies the tables, and puts the copies back where it fails: what another thread
  writes meanwhile breaks the copying, or is lost.
"""

from threading import RLock
from typing import Any

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.responses import DynamoHandler

_SEARCHING = BaseJSONSerializer._serialize_type_structure
_ANSWERING = DynamoHandler.call_action
_one_at_a_time = RLock()


def _serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name != "AttributeValue" or type(value) is not dict or not key:
        _SEARCHING(self, serialized, value, shape, key)
        return
    wrapper: dict[str, Any] = {}
    for name, held in value.items():
        self._serialize(wrapper, held, shape.members[name], name)
    self._default_serialize(serialized, wrapper, shape, key)


def _answer(self: Any) -> Any:
    with _one_at_a_time:
        return _ANSWERING(self)


def mend_moto() -> None:
    """From now on, in this process."""
    BaseJSONSerializer._serialize_type_structure = _serialize  # type: ignore[method-assign]
    DynamoHandler.call_action = _answer  # type: ignore[method-assign]
