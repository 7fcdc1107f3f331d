"""A voter among processes that die."""

import httpx2

from demo.client.running import Demo
from demo.client.voter import Voter
from tests.support.waiting import until


class Survivor(Voter):
    """A voter who, like anyone, loads a page again when it does not come."""

    async def persist(self, demo: Demo) -> None:
        """Wait until everything is at work again."""
        await until(demo.is_well, within=40)

    async def active_stage(self) -> str | None:
        """Return the stage that the follow-up shows, or None while the door does not answer."""
        try:
            return await self.stage()
        except (httpx2.TransportError, KeyError, ValueError):
            return None
