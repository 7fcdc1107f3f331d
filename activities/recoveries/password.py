"""Passwords that were forgotten: a link to the work mailbox, then a new one, hashed before it is handed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.recoveries.links import LinkPlace, Links
from activities.recoveries.voting_code import InvalidSignatureError
from activities.security.hashing import SlowHash
from activities.security.purposes import CONTACT, NEW_HASH, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class PasswordClaim:
    """A request to be judged: `elector` is empty when what was typed is nobody's identifier."""

    workflow_id: str
    elector: str
    request: str
    link_id: str
    refusal: Verdict | None = None
    replaces: str = ""


@dataclass(frozen=True)
class PasswordJudged:
    """Whether a link is to be sent, and the envelope of the work address that it goes to."""

    verdict: Verdict
    contact: str = ""


@dataclass(frozen=True)
class PasswordOrder:
    """A password to be replaced: `envelope` holds the new one's hash, `word` is the door's for the click."""

    workflow_id: str
    elector: str
    link_id: str
    envelope: str
    word: str
    links: Mapping[str, LinkVerdict] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


class Passwords:
    """Judges who asks, seals what was chosen, and replaces passwords."""

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        asked: Attempts,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        sign_in: SignIn,
    ) -> None:
        self._database = database
        self._slow = slow
        self._asked = asked
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._sign_in = sign_in

    async def count_request(
        self, claimant: Claimant, request: str, scope: AttemptScope = AttemptScope.PASSWORD
    ) -> datetime | None:
        """Count a request as made and return None, or return until when no other is taken; known or not.

        At another door it is a request for both codes (2011), which stands for what was typed as well.
        """
        return await self._asked.count_named(Try(claimant.subject, scope, request))

    async def seal_new(self, place: LinkPlace, password: str) -> tuple[str, str]:
        """Return the envelope of a new password's hash, and the door's word for it."""
        hashed = await self._slow.make(passwords.normalise(password))
        sealed = await self._vault.seal(place.workflow_id, place.link_id, {NEW_HASH: hashed})
        envelope = sealed[NEW_HASH]
        return envelope, self._links.sign_click(place.workflow_id, place.link_id, envelope)

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> PasswordJudged:
        """Return TAKEN and where the link goes; WRONG_PROOF for whoever has no password to replace."""
        address = None if claim.refusal else await self._address(claim.workflow_id, claim.elector)
        verdict = claim.refusal or (Verdict.TAKEN if address else Verdict.WRONG_PROOF)
        event = Event.PASSWORD_REQUEST_TAKEN if address else Event.PASSWORD_REQUEST_REFUSED
        who, place = claim.elector, claim.workflow_id
        entry = Entry(f"{claim.link_id}:judged", event, who, place, Channel.EMAIL, verdict)
        sealed = await self._vault.seal(place, claim.request, {CONTACT: address}) if address else {}
        async with self._database.writing() as connection:
            if address:
                await self._links.register(connection, place, claim.link_id, claim.replaces)
            await self._journal.record(connection, entry)
        return PasswordJudged(verdict, sealed.get(CONTACT, ""))

    @activity.defn
    async def replace_password(self, order: PasswordOrder) -> str:
        """Return the envelope of the work address that must be told; the new password works, the old is dead.

        In the same transaction every session of the elector ends, and sign-ins that were paused are open again.

        Raises:
            InvalidSignatureError: it did not come through the door, or is another elector's.
            EnvelopeError: nobody has the new password's hash any more.
        """
        address = await self._address(order.workflow_id, order.elector)
        said = self._links.is_click_signed(order.workflow_id, order.link_id, order.envelope, order.word)
        if not (said and address):
            raise InvalidSignatureError("this order did not come through the door")
        sealed = await self._vault.seal(order.workflow_id, order.link_id, {NOTICE: address})
        entry_id = f"{order.link_id}:replaced"
        try:
            hashed = await self._vault.unseal(order.workflow_id, order.link_id, NEW_HASH, order.envelope)
        except EnvelopeError:
            if await self._journal.outcome(entry_id) is None:
                raise
            return sealed[NOTICE]  # run again: it is all done
        await self._replace(order, entry_id, hashed)
        return sealed[NOTICE]

    async def _replace(self, order: PasswordOrder, entry_id: str, hashed: str) -> None:
        claimant = Claimant(order.workflow_id.partition("/")[2], order.elector)
        entry = Entry(entry_id, Event.PASSWORD_REPLACED, order.elector, order.workflow_id, Channel.EMAIL)
        async with self._database.writing() as connection:
            await self._credentials.replace(connection, order.elector, Kind.PASSWORD, order.link_id, hashed)
            await connection.execute(delete(sessions).where(sessions.c.elector_id == order.elector))
            await self._sign_in.unlock(connection, claimant)
            await self._asked.forget(connection, claimant.subject, AttemptScope.PASSWORD)
            await self._links.end(connection, dict(order.links))
            await self._journal.record(connection, entry)
            await self._vault.destroy(connection, [*order.keys, key_id(order.link_id, NEW_HASH)])

    async def _address(self, workflow_id: str, elector: str) -> str | None:
        # Whoever may write to Temporal may name any elector: a recovery's id is of its own alone.
        if not elector or await self._credentials.working(elector, Kind.PASSWORD) is None:
            return None
        found = await self._roll.elector(elector)
        mine = await self._roll.claimant(found.work_email) if found else None
        if not found or not mine or workflow_id != workflow_id_of(Procedure.PASSWORD, mine.subject):
            return None
        return found.work_email
