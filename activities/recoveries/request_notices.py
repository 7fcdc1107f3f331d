"""Seals the work address for the notice of an accepted request, or of a third wrong proof."""

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.roll import Roll
from activities.proofs.attempts import Attempt, Attempts
from activities.recoveries.notices import NoticeKind
from activities.security.purposes import NOTICE
from activities.security.vault import Vault
from election.verdicts import Verdict

# Once in a row of failures: a stranger who fails on and on causes one mail.
_TOLD_AT = 3
_WRONG = frozenset({Verdict.WRONG_PROOF, Verdict.WRONG_IDENTITY})


class RequestNotices:
    """Knows when the work mailbox is told of a request, whether or not it completes."""

    def __init__(self, roll: Roll, vault: Vault, attempts: Attempts) -> None:
        self._roll = roll
        self._vault = vault
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
        """Return the sealed work address, or "" when no notice is due; the same again when a judgement is run again.

        Its key is made in the caller's transaction.
        """
        kind = await self._kind(connection, verdict, attempt)
        elector = await self._roll.elector_within(connection, elector_id) if elector_id and kind else None
        if elector is None or kind is None:
            return ""
        address, owner_id = {NOTICE: elector.work_email}, kind.owner_id(request_id)
        return (await self._vault.seal_within(connection, workflow_id, owner_id, address))[NOTICE]

    async def _kind(self, connection: AsyncConnection, verdict: Verdict, attempt: Attempt) -> NoticeKind | None:
        if verdict is Verdict.ACCEPTED:
            return NoticeKind.REQUESTED
        is_third = verdict in _WRONG and await self._attempts.failures_at(connection, attempt) == _TOLD_AT
        return NoticeKind.WRONG_PROOFS if is_third else None
