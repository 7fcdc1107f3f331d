"""Keys whose recovery is over without having destroyed them: terminated, cancelled, or never begun."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.security.vault import KeyMade, Vault
from activities.store.database import Database

# A request reaches its workflow within seconds of its key; younger keys are left alone.
_YOUNG = timedelta(minutes=10)
# A form that is sent again, hours after Temporal was away, has the key of the first time.
_HELD_BACK = timedelta(days=1)
_PAGE = 500


class KeySweep:
    """Destroys the keys that no living recovery needs."""

    def __init__(self, database: Database, vault: Vault, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._client = client
        self._now = now

    async def run(self) -> int:
        """Return how many keys were destroyed; a recovery that is alive keeps its own.

        What an earlier run of the same recovery left behind, terminated, goes when the living one is over, or
        at once if it was made more than a day before that one began.
        """
        before, destroyed, last = self._now() - _YOUNG, 0, ""
        while page := await self._vault.made_before(before, after=last, most=_PAGE):
            gone = await self._of_nobody(page)
            async with self._database.writing() as connection:
                await self._vault.destroy(connection, gone)
            destroyed += len(gone)
            last = page[-1].id
        return destroyed

    async def _of_nobody(self, page: Sequence[KeyMade]) -> list[str]:
        begun = {each: await self._alive_since(each) for each in {key.workflow_id for key in page}}
        return [key.id for key in page if _is_over(key.made_at, begun[key.workflow_id])]

    async def _alive_since(self, workflow_id: str) -> datetime | None:
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return found.start_time if found.status is WorkflowExecutionStatus.RUNNING else None


def _is_over(made_at: datetime, alive_since: datetime | None) -> bool:
    return alive_since is None or made_at < alive_since - _HELD_BACK
