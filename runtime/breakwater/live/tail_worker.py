"""The one loop that reads the histories of all watched executions, and ends with the last watcher.

Nothing runs while nobody watches. A function lives a quarter of an hour: before, it hands over to
the next copy of itself. What it knows stands in the table, so that whoever comes next goes on where
it stopped; if it dies, its lease ends after ten seconds, and the next ping starts another.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime

from aws_lambda_powertools import Logger

from breakwater.live.subscriptions import Subscriptions
from breakwater.live.tail_pace import QUICKEST, next_interval
from breakwater.live.tailer import Tailer
from breakwater.live.tails import LEASE_SECONDS, Tail, Tails
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.platform.http.errors import ApiError, Forbidden, NotFound, Unavailable

_ROUND_SECONDS = 0.5
_LOOK_FOR_NEW_SECONDS = 1.0
_AT_ONCE = 4
_IN_A_ROUND = 16
"""Looks; two seconds' worth of calls. Those that are due for longest come first."""

_RENEW_SECONDS = LEASE_SECONDS / 4

logger = Logger(child=True)


@dataclass(slots=True)
class _Watched:
    tail: Tail
    tailer: Tailer
    due: float
    interval: float = QUICKEST


class TailWorker:
    """The loop."""

    def __init__(
        self,
        tails: Tails,
        subscriptions: Subscriptions,
        make_tailer: Callable[[str], Tailer],
        *,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tails = tails
        self._subscriptions = subscriptions
        self._make_tailer = make_tailer
        self._clock = clock
        self._pause = pause
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._watched: dict[str, _Watched] = {}
        self._renew = 0.0

    def run(self, owner: str, until: float) -> bool:
        """Work until nothing is left, or until then; True if somebody must go on.

        :param owner: names this copy.
        :param until: epoch seconds.
        """
        while self._tails.take_lock(owner):
            if self._work(owner, until):
                return self._tails.hand_over(owner)
            self._tails.release(owner)
            if not self._tails.watched():
                return False
        return False  # another is at work

    def _work(self, owner: str, until: float) -> bool:
        """Rounds; True if time is over, False if there is nothing to watch or another has taken
        over.
        """
        self._renew = look = self._clock()
        while (now := self._clock()) < until:
            if not self._still_holds(owner):
                return False
            if now >= look:
                self._learn(self._tails.watched(), now)
                look = now + _LOOK_FOR_NEW_SECONDS
                if not self._watched:
                    return False
            due = [
                one
                for one in self._watched.values()
                if one.due <= now and one.tail.pushed_until <= now
            ]
            due = sorted(due, key=lambda one: one.due)[:_IN_A_ROUND]
            if not self._look_at(due, owner, until):
                return False
            self._pause(_ROUND_SECONDS)
        return True

    def _look_at(self, due: list[_Watched], owner: str, until: float) -> bool:
        """All of these, but begin none after the end. A look may last longer than the lease; False
        if another has taken over.
        """
        left = {self._pool.submit(self._look, one) for one in due}
        while left:
            _, left = wait(left, timeout=_ROUND_SECONDS)
            held = self._still_holds(owner)
            if not held or self._clock() >= until:
                wait([one for one in left if not one.cancel()])
                return held
        return True

    def _still_holds(self, owner: str) -> bool:
        now = self._clock()
        if now < self._renew:
            return True
        self._renew = now + _RENEW_SECONDS
        return self._tails.take_lock(owner)

    def _learn(self, tails: list[Tail], now: float) -> None:
        """What is watched now. What was asked for anew is looked at at once."""
        known, self._watched = self._watched, {}
        for tail in tails:
            one = known.get(tail.execution_arn)
            if one is None:
                one = _Watched(tail=tail, tailer=self._make_tailer(tail.execution_arn), due=now)
            elif tail.touched != one.tail.touched:
                one.due = now
            one.tail = tail
            self._watched[tail.execution_arn] = one

    def _look(self, one: _Watched) -> None:
        """One look at one execution. Its trouble is its own."""
        now = self._clock()
        topic = topic_of(id_of_execution(one.tail.execution_arn))
        changed = False
        try:
            if not self._subscriptions.listeners(topic, now):
                self._tails.let_go(one.tail)
                return
            changed = one.tailer.look(datetime.fromtimestamp(now, UTC))
            if one.tailer.ended:
                self._tails.let_go(one.tail)
                return
        except (NotFound, Forbidden) as refused:
            logger.warning("An execution cannot be watched", extra={"reason": refused.message})
            self._tails.let_go(one.tail)
            return
        except Unavailable as busy:
            logger.info("Later", extra={"reason": busy.message})
        except ApiError as refused:
            logger.warning("An execution could not be read", extra={"reason": refused.message})
        except Exception:
            logger.exception("A look failed; the next comes later")
        one.interval = next_interval(one.interval, changed=changed, watched=len(self._watched))
        one.due = self._clock() + one.interval
