"""How many requests a caller may make: token buckets, refilled steadily, full at the start."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000
"""Callers remembered at once; the one that has been away longest is forgotten, and its bucket is then full again."""


class Rates:
    """`per_minute` requests a minute for each caller, as many at once; 0 means no limit. For one event loop."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._rate = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """Take one request; 0 when it may go ahead, else the whole seconds until one may."""
        if not self._most:
            return 0
        now = self._clock()
        left, seen = self._buckets.pop(caller, (self._most, now))
        left = min(self._most, left + (now - seen) * self._rate)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate)
