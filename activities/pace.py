"""An even flow: what is allowed a second is spread over the second."""

import asyncio


class Pace:
    """Gives out turns, `rate` a second, none of which is saved up for later."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._free_at = 0.0

    async def turn(self) -> None:
        """Return when the next one may leave."""
        await asyncio.sleep(self.reserve(asyncio.get_running_loop().time()))

    def reserve(self, now: float) -> float:
        """Take the next turn and return how many seconds after `now` it comes."""
        turn = max(now, self._free_at)
        self._free_at = turn + self._gap
        return turn - now
