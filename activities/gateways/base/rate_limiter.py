"""Spreads calls evenly over time, at so many a second."""

import asyncio
from math import inf


class RateLimiter:
    """Gives `rate` turns a second; turns that are not used are not saved up."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._free_at = 0.0

    async def turn(self, within: float = inf) -> None:
        """Return when the caller's turn has come.

        Raises:
            TimeoutError: it would not come `within` so many seconds; no turn is taken.
        """
        now = asyncio.get_running_loop().time()
        if self._free_at - now > within:
            raise TimeoutError
        await asyncio.sleep(self.reserve(now))

    def reserve(self, now: float) -> float:
        """Take the next turn and return how many seconds after `now` it comes."""
        turn = max(now, self._free_at)
        self._free_at = turn + self._gap
        return turn - now
