"""Identifier and password together (2011): a link, then a password for one screen and an identifier for one mailbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, recovery_ended
from activities.mailings.recipients import Recipients
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries.identifier_and_password_messages import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordJudged,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
    said,
)
from activities.recoveries.links import Links
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import InvalidSignatureError
from activities.security import sealed_display
from activities.security.hashing import SlowHash
from activities.security.purposes import CONTACT, NOTICE
from activities.security.random_secrets import draw_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure, workflow_id_of
from election.shapes import DrawnPasswordShape
from election.stages import Channel
from election.verdicts import Verdict

# What of `both_orders` is found here, beside the activities that take it.
__all__ = [
    "IdentifierAndPasswordClaim",
    "IdentifierAndPasswordJudged",
    "IdentifierAndPasswordOrder",
    "IdentifierAndPasswordReissued",
    "IdentifierAndPasswordSettlement",
    "IdentifierAndPasswords",
    "said",
]


class IdentifierAndPasswords:
    """Judges who asks, and reissues both; `proof` is the door's, behind the link."""

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        shape: DrawnPasswordShape,
        proof: NumenAndDepartmentProof,
        pending: UnactivatedIdentifiers,
        reach: Recipients,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        sign_in: SignIn,
    ) -> None:
        self._database = database
        self._slow = slow
        self._shape = shape
        self.proof = proof
        self._pending = pending
        self._reach = reach
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._sign_in = sign_in

    @activity.defn
    async def judge_identifier_and_password(
        self, claim: IdentifierAndPasswordClaim
    ) -> IdentifierAndPasswordJudged:
        """Return TAKEN and where the link goes; WRONG_PROOF when what was typed is nobody's.

        A campaign is TAKEN once for an elector: with another link, it is ALREADY_SENT and disturbs nothing.
        """
        address = None if claim.refusal else await self._address(claim.workflow_id, claim.elector)
        verdict = claim.refusal or (Verdict.TAKEN if address else Verdict.WRONG_PROOF)
        contact = ""
        async with self._database.writing() as connection:
            if address:
                if not await self._reach.note(connection, claim.campaign, claim.elector, claim.link_id):
                    return IdentifierAndPasswordJudged(Verdict.ALREADY_SENT)
                contact = await self._registered(connection, claim, address)
            await self._journal.record(connection, _judged(claim, verdict))
        return IdentifierAndPasswordJudged(verdict, contact)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Return the new password's box and the new identifier's envelope, in the transaction that kills the old password.

        Every session ends in it, and the identifier waits for its mail to be taken. Run again, it draws
        another password, which nobody has seen, and gives the same identifier.

        Raises:
            InvalidSignatureError: it did not come through the door, or is another elector's.
        """
        begun = self._credentials.begin()
        address = await self._address(order.workflow_id, order.elector)
        if not (address and self._links.is_click_signed(order.workflow_id, order.link_id, order.said, order.word)):
            raise InvalidSignatureError("this order did not come through the door")
        password = draw_secret(self._shape)
        box = sealed_display.seal(order.public_key, password)
        hashed = await self._slow.make(passwords.normalise(password))
        row = await self._pending.draw(order.workflow_id, order.link_id, order.elector)
        async with self._database.writing() as connection:
            place = (order.workflow_id, order.link_id)
            notice = await self._vault.seal_within(connection, *place, {NOTICE: address})
            await self._replace(connection, order, hashed, row, begun)
        return IdentifierAndPasswordReissued(box, await self._pending.envelope(order.link_id), notice[NOTICE])

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Destroy the recovery's keys, let identifiers go that never worked, and journal the ending."""
        settled = end.settlement
        entry = Entry(
            f"{settled.run_id}:{settled.ending}:{len(settled.links)}",
            Event.OPERATOR_CANCELLED if settled.operator else recovery_ended(settled.workflow_id),
            settled.operator or settled.elector,
            settled.workflow_id,
            outcome=settled.ending,
            detail=scrubbed(settled.reason),
        )
        async with self._database.writing() as connection:
            await self._pending.abandon(connection, end.abandon)
            await self._links.end(connection, settled.links)
            await self._journal.record(connection, entry)
            await self._vault.destroy(connection, settled.keys)

    async def _registered(
        self, connection: AsyncConnection, claim: IdentifierAndPasswordClaim, address: str
    ) -> str:
        await self._links.register(connection, claim.workflow_id, claim.link_id, claim.replaces)
        clear = {CONTACT: address}
        return (await self._vault.seal_within(connection, claim.workflow_id, claim.request, clear))[CONTACT]

    async def _replace(
        self,
        connection: AsyncConnection,
        order: IdentifierAndPasswordOrder,
        hashed: str,
        row: Mapping[str, Any],
        begun: datetime,
    ) -> None:
        claimant = Claimant(order.workflow_id.partition("/")[2], order.elector)
        # Of its own: the identifier's credential has the link's.
        password_id = f"{order.link_id}-password"
        entry = Entry(
            f"{order.link_id}:password", Event.IDENTIFIER_AND_PASSWORD_PASSWORD, order.elector, order.workflow_id
        )
        await self._credentials.replace(connection, order.elector, Kind.PASSWORD, password_id, hashed, begun)
        await connection.execute(delete(sessions).where(sessions.c.elector_id == order.elector))
        await self._sign_in.unlock(connection, claimant)
        await self._pending.add(connection, row)
        await self._links.end(connection, dict(order.links))
        await self._journal.record(connection, entry)
        await self._vault.destroy(connection, order.keys)

    async def _address(self, workflow_id: str, elector: str) -> str | None:
        # Whoever may write to Temporal may name any elector: a recovery's id is of its own alone.
        found = await self._roll.elector(elector) if elector else None
        mine = await self._roll.claimant(found.work_email) if found else None
        if not found or not mine or workflow_id != workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, mine.subject):
            return None
        return found.work_email


def _judged(claim: IdentifierAndPasswordClaim, verdict: Verdict) -> Entry:
    event = (
        Event.IDENTIFIER_AND_PASSWORD_TAKEN if verdict is Verdict.TAKEN else Event.IDENTIFIER_AND_PASSWORD_REFUSED
    )
    return Entry(f"{claim.link_id}:judged", event, claim.elector, claim.workflow_id, Channel.EMAIL, verdict)
