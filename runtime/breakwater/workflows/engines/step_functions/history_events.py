"""The events of a history, raw and redacted: a page costs one call for each thousand events that
were not read before.

Throttled by AWS, what was read before is told, with its age. No event is told before all that came
before it was read for task tokens.
"""

from breakwater.platform.http.errors import Unavailable
from breakwater.timeline.step_functions_view import raw_events
from breakwater.timeline.timeline import Timeline
from breakwater.timeline.token_learning import hands_out_tokens, redaction_of
from breakwater.workflows.engine_port import EventPage, EventsAsked, Stale
from breakwater.workflows.engines.step_functions.detail_parts import stale_since
from breakwater.workflows.engines.step_functions.execution_reader import (
    ExecutionReader,
)
from breakwater.workflows.engines.step_functions.growing_timelines import Grown
from breakwater.workflows.workflow_id import WorkflowId

PAGE = 1000


def history_page(reader: ExecutionReader, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
    """What follows an event; NotFound or Gone where there is no history."""
    row = reader.row(wanted)
    try:
        learned = reader.grown(
            wanted,
            row,
            lambda timeline: _last(timeline) > asked.after,
            # It says under which key a token is handed out.
            definition=reader.definition_text(wanted),
            payloads=asked.payloads,
        )
    except Unavailable as busy:
        known = reader.known(wanted, payloads=asked.payloads)
        stale = stale_since(busy, row, known)
        if known is None or (not asked.payloads and hands_out_tokens(known.timeline)):
            return EventPage(next_after=asked.after, stale=stale)
        return _page(known, known, asked, stale)
    # Where tokens are handed out, payloads were read to learn them; here are those without.
    shown = learned if asked.payloads else reader.known(wanted) or learned
    return _page(shown, learned, asked)


def _page(
    shown: Grown, learned: Grown, asked: EventsAsked, stale: Stale | None = None
) -> EventPage:
    """
    :param learned: the same history, perhaps read to another length: tokens are known up to there.
    """
    last = min(_last(shown.timeline), _last(learned.timeline))
    whole = shown.is_whole and learned.is_whole
    events = [event for event in shown.timeline.events if asked.after < event["id"] <= last]
    page, following = raw_events(events, redaction_of(learned.timeline), asked.after, PAGE)
    if following is None and not whole:
        following = max(asked.after, last)
    return EventPage(
        events=page,
        next_after=following,
        total=len(shown.timeline.events) if whole else None,
        stale=stale,
    )


def _last(timeline: Timeline) -> int:
    return int(timeline.events[-1]["id"]) if timeline.events else 0
