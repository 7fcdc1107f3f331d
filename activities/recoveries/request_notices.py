"""Seals the work address for notices: of what was issued, of an accepted request, or of a third wrong proof."""

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.roll import Roll
from activities.objections.links import ObjectionLinks
from activities.proofs.attempts import Attempt, Attempts
from activities.recoveries.notices import NoticeKind
from activities.security.purposes import NOTICE
from activities.security.vault import Vault
from election.attempts import TOLD_AT
from election.verdicts import WRONG, Verdict


class SealedNotices:
    """Seals the address that a notice goes to, and stores the link in it by which the elector can object."""

    def __init__(self, vault: Vault, objections: ObjectionLinks) -> None:
        self._vault = vault
        self._objections = objections

    async def seal(
        self, connection: AsyncConnection, workflow_id: str, notice_id: str, elector_id: str, address: str
    ) -> str:
        """Return the sealed address; its key is made in the caller's transaction. The same again for the same notice."""
        await self._objections.register(connection, workflow_id, notice_id, elector_id)
        return (await self._vault.seal_within(connection, workflow_id, notice_id, {NOTICE: address}))[NOTICE]

    async def owner(self, connection: AsyncConnection, workflow_id: str, notice_id: str) -> str | None:
        """Return the id of the elector whose notice was sealed, or None when none was."""
        return await self._objections.owner(connection, workflow_id, notice_id)


class RequestNotices:
    """Knows when the work mailbox is told of a request, whether or not it completes."""

    def __init__(self, roll: Roll, notices: SealedNotices, attempts: Attempts) -> None:
        self._roll = roll
        self._notices = notices
        self._attempts = attempts

    async def seal(
        self,
        connection: AsyncConnection,
        workflow_id: str,
        request_id: str,
        elector_id: str,
        verdict: Verdict,
        attempt: Attempt,
    ) -> str:
        """Return the sealed work address, or "" when no notice is due; the same again when a judgement is run again."""
        kind = await self._kind(connection, verdict, attempt)
        elector = await self._roll.elector_within(connection, elector_id) if elector_id and kind else None
        if elector is None or kind is None:
            return ""
        of = (workflow_id, kind.owner_id(request_id), elector_id)
        return await self._notices.seal(connection, *of, elector.work_email)

    async def seal_again(
        self, connection: AsyncConnection, workflow_id: str, request_id: str, verdict: Verdict
    ) -> str:
        """Return the sealed notice of a request that was judged before, to the elector it was sealed for then; "" if there was none."""
        kind = NoticeKind.REQUESTED if verdict is Verdict.ACCEPTED else NoticeKind.WRONG_PROOFS
        of = (workflow_id, kind.owner_id(request_id))
        elector_id = await self._notices.owner(connection, *of)
        elector = await self._roll.elector_within(connection, elector_id) if elector_id else None
        return await self._notices.seal(connection, *of, elector.id, elector.work_email) if elector else ""

    async def _kind(self, connection: AsyncConnection, verdict: Verdict, attempt: Attempt) -> NoticeKind | None:
        if verdict is Verdict.ACCEPTED:
            return NoticeKind.REQUESTED
        is_third = verdict in WRONG and await self._attempts.failures_at(connection, attempt) == TOLD_AT
        return NoticeKind.WRONG_PROOFS if is_third else None
