"""Reports delivery receipts to the recovery whose message they are for, also after a restart."""

from dataclasses import dataclass, replace
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.gateways.sms.gateway import Receipt
from activities.progress import rows as progress
from activities.progress.rows import SendOf
from activities.security.signatures import Signed, SigningKey, is_signed
from activities.sending.ledger import DeliveryOutcome, Ledger
from election.following.progress import fault_of
from election.procedures import Procedure, procedure_of
from election.settings import Election
from election.stages import Channel

RECEIPT_SIGNAL = "receipt"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryReceipt:
    """The signal of a message's outcome; `reason` is a gateway's code or a bounce's status, empty when it was delivered.

    `signature` is the messaging role's.
    """

    message_id: str
    delivered: bool
    reason: str = ""
    signature: str = ""

    def signed(self, key: SigningKey, workflow_id: str) -> "DeliveryReceipt":
        """Return the receipt with the messaging role's signature."""
        return replace(self, signature=key.sign(Signed.RECEIPT, *self._signed_fields(workflow_id)))

    def is_genuine(self, public_key: str, workflow_id: str) -> bool:
        """Return whether the messaging role has signed it, for this recovery."""
        return is_signed(public_key, self.signature, Signed.RECEIPT, *self._signed_fields(workflow_id))

    def _signed_fields(self, workflow_id: str) -> tuple[str, ...]:
        return (workflow_id, self.message_id, str(self.delivered), self.reason)


class Receipts:
    """Listens to a gateway, and signals recoveries."""

    def __init__(self, ledger: Ledger, client: Client, signing_key: SigningKey, election: Election) -> None:
        self._ledger = ledger
        self._election = election
        self._client = client
        self._signing_key = signing_key

    async def store(self, receipt: Receipt) -> str | None:
        """Record a receipt, and return its message's id, or None while that is not known."""
        return await self._ledger.received(receipt)

    async def receive(self, receipt: Receipt) -> None:
        """Record a receipt, then report the outcome that it completes, if any."""
        message_id = await self.store(receipt)
        if message_id is not None:
            await self.report(message_id)

    async def report(self, message_id: str | None = None) -> None:
        """Signal the recovery of one message, or of every message, whose outcome was not reported yet.

        Where the link was used nothing follows from it but what its row says. Without an id it runs at regular intervals, for
        receipts that were recorded just before a crash.
        """
        for outcome in await self._ledger.unreported(message_id):
            if not outcome.is_used:
                await self.signal(outcome)
            await self._ledger.mark_reported(outcome, partial(self._note_progress, outcome))

    async def signal(self, outcome: DeliveryOutcome) -> None:
        """Tell the recovery of a message its outcome; one that has ended needs to know nothing."""
        handle = self._client.get_workflow_handle(outcome.workflow_id)
        receipt = DeliveryReceipt(outcome.message_id, outcome.delivered, outcome.reason)
        try:
            await handle.signal(RECEIPT_SIGNAL, receipt.signed(self._signing_key, outcome.workflow_id))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            _log.info("receipt_after_the_end", message=outcome.message_id)

    async def _note_progress(self, outcome: DeliveryOutcome, connection: AsyncConnection) -> None:
        number = outcome.message_id.rpartition("-")[2]
        if not number.isdecimal():
            return  # of a message that is no link's and no identifier's
        send = SendOf(outcome.workflow_id, outcome.delivery_id, int(number))
        if outcome.delivered:
            # An identifier (2018) does not die with the time that a link has.
            is_link = procedure_of(outcome.workflow_id) is not Procedure.IDENTIFIER
            lives = self._election.links.sms_lifetime if is_link else None
            await progress.deliver(connection, send, lives=lives)
        else:
            fault, dies_at = fault_of(Channel.SMS, outcome.reason), self._election.calendar.links_expire
            await progress.hold(connection, send, fault, dies_at)
