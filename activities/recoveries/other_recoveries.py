"""Ends an elector's other recoveries, when a recovery replaces the password."""

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.recoveries.links import Links
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers


class OtherRecoveries:
    """What a recovery of the password ends, since a thief who knew the old password may have begun it."""

    def __init__(self, links: Links, pending: UnactivatedIdentifiers) -> None:
        self._links = links
        self._pending = pending

    async def end(self, connection: AsyncConnection, elector_id: str, own_workflow_id: str) -> None:
        """Replace their live links and abandon their unactivated identifiers, in the caller's transaction."""
        await self._links.revoke(connection, elector_id, own_workflow_id)
        await self._pending.abandon_others(connection, elector_id, own_workflow_id)

    async def workflow_ids(self, elector_id: str, own_workflow_id: str) -> list[str]:
        """Return the recoveries to be told; most have ended long ago."""
        asked = (elector_id, own_workflow_id)
        return sorted(await self._links.other_recoveries(*asked) | await self._pending.other_recoveries(*asked))
