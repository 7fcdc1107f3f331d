"""Ends what a recovery left behind, its keys and its row: it was terminated or cancelled, or never started."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Interval, bindparam, exists, func, select
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.progress import rows as progress
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.progress_table import progress as rows
from activities.store.tables import vault_keys
from election.stages import Stage

# A request reaches its workflow within seconds; younger keys are kept.
_MIN_AGE = timedelta(minutes=10)
# A form that is sent again hours later, since Temporal was unavailable, has the key of the first time.
_RESENT_WITHIN = timedelta(days=1)
_PAGE = 500
# Each recovery that is under way has a key. A link that was registered after the end of its recovery, since a cancellation had
# given its renewal up, makes the row say again that one is.
_WITHOUT_KEYS = (
    select(rows.c.workflow_id)
    .where(rows.c.stage.in_((Stage.SENDING, Stage.HELD)), rows.c.workflow_id > bindparam("after"))
    .where(rows.c.changed_at < func.clock_timestamp() - bindparam("age", type_=Interval))
    .where(~exists().where(vault_keys.c.workflow_id == rows.c.workflow_id))
    .order_by(rows.c.workflow_id)
    .limit(bindparam("most"))
)


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
        await self._abandon_without_keys()
        return destroyed

    async def _abandon_without_keys(self) -> None:
        last = ""
        while True:
            async with self._database.reading() as connection:
                asked = {"after": last, "age": _MIN_AGE, "most": _PAGE}
                page = (await connection.execute(_WITHOUT_KEYS, asked)).scalars().all()
            if not page:
                return
            over = [each for each in page if await self._running_since(each) is None]
            async with self._database.writing() as connection:
                await progress.abandon(connection, over, _MIN_AGE)
            last = page[-1]

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
