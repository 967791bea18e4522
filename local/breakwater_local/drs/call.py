"""One call of a client, as the operations see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from breakwater_local.drs.files.call_faults import CallFault, SmallPages
from breakwater_local.drs.gate import Principal
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.wire.pages import LARGEST_PAGE, page
from breakwater_local.drs.world import World

Item = TypeVar("Item")
AnyCallFault = TypeVar("AnyCallFault", bound=CallFault)


@dataclass(frozen=True)
class Call:
    """An operation, its checked parameters, the world it is about and the moment."""

    realm: Realm
    world: World
    operation: str
    params: dict[str, Any]
    now: float
    principal: Principal
    faults: Sequence[CallFault] = field(default=())
    denied_in_ec2: str | None = None
    """What the caller lacks for what DRS is to do in EC2 at once, in IAM's words."""

    def fault(self, kind: type[AnyCallFault]) -> AnyCallFault | None:
        """The scripted fault of this kind that strikes the call, if one does."""
        return next((fault for fault in self.faults if isinstance(fault, kind)), None)

    def page(
        self,
        items: Sequence[Item],
        position: Callable[[Item], int],
        *,
        newest_first: bool = False,
    ) -> tuple[list[Item], dict[str, str]]:
        """The asked page of these items, and the token of the next one if there is more."""
        small = self.fault(SmallPages)
        return page(
            items,
            position,
            question=(self.world.account, self.world.region, self.operation),
            params=self.params,
            newest_first=newest_first,
            limit=small.size if small else LARGEST_PAGE,
        )

    def listing(
        self,
        items: Sequence[Item],
        position: Callable[[Item], int],
        show: Callable[[Item], dict[str, Any]],
        *,
        newest_first: bool = False,
    ) -> dict[str, Any]:
        """The asked page of these items, as the operation answers it."""
        chosen, rest = self.page(items, position, newest_first=newest_first)
        return {"items": [show(item) for item in chosen], **rest}
