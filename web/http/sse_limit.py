"""A limit on the event streams that an elector has open in this process: each queries a recovery every second."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MAX_STREAMS = 6  # a computer and a phone, each with a few tabs


class TooManyStreamsError(Exception):
    """Raised when an elector has as many open streams as are allowed; answered with 429."""


class SseLimit:
    """Counts the open streams of each elector."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def slot(self, elector_id: str) -> Iterator[None]:
        """Count one more stream while the context is open.

        Raises:
            TooManyStreamsError: the elector has as many open as are allowed.
        """
        if self._open[elector_id] >= MAX_STREAMS:
            raise TooManyStreamsError
        self._open[elector_id] += 1
        try:
            yield
        finally:
            self._open[elector_id] -= 1
            if not self._open[elector_id]:
                del self._open[elector_id]
