"""A voter of a demo whose processes are killed."""

import httpx2

from demo.client.running import Demo
from demo.client.voter import Voter
from tests.support.waiting import until


class StressVoter(Voter):
    """A voter who waits until the demo answers again."""

    async def wait_for(self, demo: Demo) -> None:
        """Wait until `/healthz` answers 200."""
        await until(demo.is_healthy, within=40)

    async def active_stage(self) -> str | None:
        """Return the stage on the follow-up page, or None while the web does not answer."""
        try:
            return await self.stage()
        except (httpx2.TransportError, KeyError, ValueError):
            return None
