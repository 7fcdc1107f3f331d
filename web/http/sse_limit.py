"""Limits on the open event streams of this process: of each elector, and of all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from activities.metrics.definitions import MOST_STREAMS, OPEN_STREAMS

MAX_STREAMS = 6  # a computer and a phone, each with a few tabs


class TooManyStreamsError(Exception):
    """Raised when an elector has as many open streams as are allowed; answered with 429."""


class ProcessIsFullError(Exception):
    """Raised when this process has as many open streams as it can serve; answered with 503, and the page has its button."""


class SseLimit:
    """Counts the open streams of each elector."""

    def __init__(self, most: int) -> None:
        self._open: Counter[str] = Counter()
        self._most = most
        MOST_STREAMS.set(most)

    @contextmanager
    def slot(self, elector_id: str) -> Iterator[None]:
        """Count one more stream while the context is open.

        Raises:
            TooManyStreamsError: the elector has as many open as are allowed.
            ProcessIsFullError: this process has.
        """
        if self._open[elector_id] >= MAX_STREAMS:
            raise TooManyStreamsError
        if self._open.total() >= self._most:
            raise ProcessIsFullError
        self._open[elector_id] += 1
        try:
            with OPEN_STREAMS.track_inprogress():
                yield
        finally:
            self._open[elector_id] -= 1
            if not self._open[elector_id]:
                del self._open[elector_id]
