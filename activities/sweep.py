"""Keys whose recovery is over without having destroyed them: terminated, cancelled, or never begun."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.security.vault import Vault
from activities.store.database import Database

# A request reaches its workflow within seconds of its key; younger keys are left alone.
_YOUNG = timedelta(minutes=10)


class Sweep:
    """Destroys the keys that no living recovery needs."""

    def __init__(self, database: Database, vault: Vault, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._client = client
        self._now = now

    async def run(self) -> int:
        """Return how many keys were destroyed; a recovery that is alive keeps its own.

        What an earlier run of the same recovery left behind, terminated, goes with the dead.
        """
        gone: list[str] = []
        begun: dict[str, datetime | None] = {}
        for key, workflow_id, made_at in await self._vault.made_before(self._now() - _YOUNG):
            if workflow_id not in begun:
                begun[workflow_id] = await self._alive_since(workflow_id)
            since = begun[workflow_id]
            if since is None or made_at < since - _YOUNG:
                gone.append(key)
        async with self._database.writing() as connection:
            await self._vault.destroy(connection, gone)
        return len(gone)

    async def _alive_since(self, workflow_id: str) -> datetime | None:
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return found.start_time if found.status is WorkflowExecutionStatus.RUNNING else None
