"""Ends an elector's other recoveries, when a recovery replaces the password or the elector objects."""

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.recoveries.links import Links
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from election.verdicts import LinkVerdict


class OtherRecoveries:
    """What a recovery of the password ends, since a thief who knew the old password may have begun it; or an objection."""

    def __init__(self, links: Links, pending: UnactivatedIdentifiers) -> None:
        self._links = links
        self._pending = pending

    async def end(
        self,
        connection: AsyncConnection,
        elector_id: str,
        own_workflow_id: str,
        verdict: LinkVerdict = LinkVerdict.REPLACED,
    ) -> None:
        """End their live links with a verdict and abandon their unactivated identifiers, in the caller's transaction."""
        await self._links.revoke(connection, elector_id, own_workflow_id, verdict)
        await self._pending.abandon_others(connection, elector_id, own_workflow_id)

    async def workflow_ids(self, elector_id: str, own_workflow_id: str) -> list[str]:
        """Return the recoveries to be told; most have ended long ago."""
        asked = (elector_id, own_workflow_id)
        return sorted(await self._links.other_recoveries(*asked) | await self._pending.other_recoveries(*asked))
