"""How many event streams an elector may have open in this process: each asks the recovery once a second."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 6  # a computer and a phone, each with a few tabs


class TooManyStreamsError(Exception):
    """Raised when an elector has as many streams open as are allowed; answered with 429."""


class SseLimit:
    """Counts the streams that are open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, elector: str) -> Iterator[None]:
        """Hold a place for one more stream.

        Raises:
            TooManyStreamsError: the elector has none left.
        """
        if self._open[elector] >= MOST:
            raise TooManyStreamsError
        self._open[elector] += 1
        try:
            yield
        finally:
            self._open[elector] -= 1
            if not self._open[elector]:
                del self._open[elector]
