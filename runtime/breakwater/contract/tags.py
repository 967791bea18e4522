"""Tags by which the owners of state machines and functions tell Breakwater what they want."""

from breakwater.contract.deployment import PRODUCT

# Tags of state machines that the index reads; how an execution's agent is called is configurable.
TAG_PREFIX = f"{PRODUCT}:"
SEARCH_TAG = f"{TAG_PREFIX}search"

SLA_TAG = f"{TAG_PREFIX}sla-seconds"
"""How long an execution may take. Before it had this name it was `breakwater:slaTargetSeconds`,
which is still read where this one is not there."""

ACTIONS_TAG = f"{TAG_PREFIX}actions"

ACTIONS_ALLOWED = "allow"
"""Of the tag above: Breakwater may act on executions of this machine. Without it, it looks on."""

GATE_TAG = f"{TAG_PREFIX}pause-gate"
"""Of a state machine: the ARN of the function of the gate that its executions can pause at. Of that
function: GATE_FUNCTION, so that roles can name what they may call."""

GATE_FUNCTION = "function"

COMPENSATION_TAG = f"{TAG_PREFIX}compensation"
"""The name or ARN of the state machine that makes good again what a cancelled execution did."""

AGENT_NAME_TAG = "agentName"
