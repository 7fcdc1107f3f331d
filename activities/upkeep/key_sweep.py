"""Destroys keys that a recovery left behind: it was terminated or cancelled, or never started."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.progress import rows as progress
from activities.security.vault import Vault
from activities.store.database import Database

# A request reaches its workflow within seconds; younger keys are kept.
_MIN_AGE = timedelta(minutes=10)
# A form that is sent again hours later, since Temporal was unavailable, has the key of the first time.
_RESENT_WITHIN = timedelta(days=1)
_PAGE = 500


class KeySweep:
    """Destroys the keys that no running recovery needs."""

    def __init__(self, database: Database, vault: Vault, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._client = client
        self._now = now

    async def run(self) -> int:
        """Destroy the keys of recoveries that are not running, and return how many; pages then call them cancelled.

        A key of an earlier, terminated run of the same recovery is destroyed when the running one is over, or at
        once when it is more than a day older than that run.
        """
        before, destroyed, last = self._now() - _MIN_AGE, 0, ""
        while page := await self._vault.created_before(before, after=last, most=_PAGE):
            started = {each: await self._running_since(each) for each in {key.workflow_id for key in page}}
            unneeded = [key.id for key in page if _is_unneeded(key.created_at, started[key.workflow_id])]
            async with self._database.writing() as connection:
                await self._vault.destroy(connection, unneeded)
                over = [each for each, since in started.items() if since is None]
                await progress.abandon(connection, over, _MIN_AGE)
            destroyed += len(unneeded)
            last = page[-1].id
        return destroyed

    async def _running_since(self, workflow_id: str) -> datetime | None:
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return found.start_time if found.status is WorkflowExecutionStatus.RUNNING else None


def _is_unneeded(created_at: datetime, running_since: datetime | None) -> bool:
    return running_since is None or created_at < running_since - _RESENT_WITHIN
