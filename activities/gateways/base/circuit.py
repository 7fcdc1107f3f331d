"""Notices that a gateway is out of order, so that messages do not wait for it one after the other."""

import asyncio
from collections.abc import Callable

_FAILURES = 5  # in a row: one message that gets no answer is no outage
_PAUSE = 10.0  # seconds, then one message tries it again


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


class Circuit:
    """The circuit of one gateway in one process: out of order after a few failures in a row, until a try succeeds.

    `time` tells the seconds.
    """

    def __init__(self, time: Callable[[], float] = _loop_time) -> None:
        self._time = time
        self._failures = 0
        self._try_at = 0.0

    @property
    def is_out_of_order(self) -> bool:
        """Whether no message should try the gateway now."""
        return self._failures >= _FAILURES and self._time() < self._try_at

    def begin(self) -> None:
        """Note that a message tries it: while its answer is out, no other one does, if the last ones have failed."""
        if self._failures >= _FAILURES:
            self._pause()

    def fail(self) -> None:
        """Note that it was unavailable."""
        self._failures += 1
        self._pause()

    def succeed(self) -> None:
        """Note that it has answered, whatever its answer to the message."""
        self._failures = 0

    def _pause(self) -> None:
        self._try_at = self._time() + _PAUSE
