"""An even flow: what is allowed a second is spread over the second."""

import asyncio
from math import inf


class RateLimiter:
    """Gives out turns, `rate` a second, none of which is saved up for later."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._free_at = 0.0

    async def turn(self, within: float = inf) -> None:
        """Return when the next one may leave.

        Raises:
            TimeoutError: that is not within so many seconds; no turn is taken.
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
