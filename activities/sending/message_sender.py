"""Sends one message once: what every activity that writes to a voter has in common."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.exceptions import ApplicationError

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.base.gateway import Gateway
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.sms.gateway import SmsMessage
from activities.progress import rows as progress
from activities.progress.rows import SendOf
from activities.routing.gateways import Gateways
from activities.security.signatures import Signed, SigningKey, is_signed
from activities.security.vault import Envelope, EnvelopeError, Vault
from activities.sending.contacts import country_of
from activities.sending.ledger import InTransaction, Ledger, Outgoing
from activities.sending.receipts import Receipts
from activities.sending.runs import Runs
from activities.store.database import Database
from activities.texts.messages import MailText
from election.contacts import domain_of
from election.following.progress import fault_of
from election.stages import Channel


@dataclass(frozen=True)
class Acceptance:
    """The name of the gateway that accepted a message, when, and the messaging role's signature that it did.

    Without the signature, whoever may run a worker of their own could swallow messages that voters read to have left.
    """

    gateway: str
    at: datetime
    signature: str = ""

    def is_genuine(self, public_key: str, workflow_id: str, message_id: str) -> bool:
        """Return whether the messaging role says this, of this message."""
        return is_signed(public_key, self.signature, Signed.ACCEPTANCE, workflow_id, message_id)


@dataclass(frozen=True)
class FollowedSend:
    """The send by which a message changes the row of its recovery; the link dies at `links_expire` if the message fails.

    Once the message is accepted it dies at `dies_at` and after it `lives`, if it does not die earlier. With
    `is_accepted_by_recovery` the recovery notes that, once what the message says is so.
    """

    send: SendOf
    links_expire: datetime
    dies_at: datetime | None = None
    lives: timedelta | None = None
    is_accepted_by_recovery: bool = False


@dataclass(frozen=True)
class Message:
    """A message to send; `id` is the same when the send is run again.

    `write` returns its text, an SMS's `str` or a mail's `MailText`, from the opened `secrets` in their order.
    With `is_contact_destroyed` the contact's key is destroyed in the transaction that notes the acceptance. `gateway` is the
    id of the one that an operator has chosen, or empty. An SMS that comes after `valid_for` would be of no use.
    """

    id: str
    workflow_id: str
    delivery_id: str
    channel: Channel
    contact: Envelope
    write: Callable[..., str | MailText]
    secrets: tuple[Envelope, ...] = ()
    is_contact_destroyed: bool = False
    followed: FollowedSend | None = None
    gateway: str = ""
    valid_for: timedelta | None = None


class MessageSender:
    """Opens a message's envelopes, hands it to the gateway of its channel, and keeps nothing but the ledger's row."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        ledger: Ledger,
        receipts: Receipts,
        sms: Gateways[SmsMessage, tuple[str, ...]],
        mail: Gateways[MailMessage, None],
        signing_key: SigningKey,
    ) -> None:
        self._database = database
        self._vault = vault
        self._ledger = ledger
        self._receipts = receipts
        self._sms = sms
        self._mail = mail
        self._signing_key = signing_key
        # A database that is away for longer than an activity may last must not make anybody forget an acceptance.
        self.runs: Runs[Acceptance] = Runs()

    async def send(self, message: Message) -> Acceptance:
        """Return once a gateway has accepted the message; one that was accepted before is not sent again.

        An attempt that Temporal gives up goes on, and the next one waits for its end.

        Raises:
            ApplicationError: its message is the gateway's code, or `envelope-closed`. It is non-retryable
                when the gateway refused or an envelope does not open.
        """
        return await self.runs.run(message.id, partial(self._send_once, message))

    async def _send_once(self, message: Message) -> Acceptance:
        gateway, outgoing = await self._chosen(message)
        accepted_at = await self._ledger.begin(outgoing)
        keys = [message.contact.key_id] if message.is_contact_destroyed else []
        if accepted_at is None:
            accepted_at = await self._send(outgoing, message, gateway, keys)
        elif keys:
            async with self._database.writing() as connection:
                await self._vault.destroy(connection, keys)
        if message.channel is Channel.SMS:
            # The receipt may have come before the gateway's answer, or after an earlier run that did not end.
            await self._receipts.report(message.id)
        signature = self._signing_key.sign(Signed.ACCEPTANCE, message.workflow_id, message.id)
        return Acceptance(outgoing.gateway, accepted_at, signature)

    async def _chosen(self, message: Message) -> tuple[Gateway[Any, Any], Outgoing]:
        """Return the gateway for a message; of several, and of one that is suspended, it depends on the message's earlier tries."""
        gateways = self._of(message.channel)
        of = partial(Outgoing, message.id, message.workflow_id, message.delivery_id, message.channel)
        if not gateways.are_several:
            with suppress(GatewayUnavailableError):
                gateway = await gateways.choose()
                return gateway, of(gateway.name)
        tries = await self._ledger.earlier_tries(message.id)
        if tries.accepted_by:
            return await gateways.choose(tries.accepted_by), of(tries.accepted_by)
        try:
            gateway = await gateways.choose(message.gateway, tries.last)
        except GatewayUnavailableError as error:
            await self._ledger.not_tried(of(message.channel), error.reason, _postponed(message, error.reason))
            raise _for_temporal(error) from None
        if tries.last or tries.doubtful(gateway.name):
            await self._ledger.try_by(of(gateway.name), tries)
        return gateway, of(gateway.name)

    def _of(self, channel: str) -> Gateways[Any, Any]:
        return self._sms if channel == Channel.SMS else self._mail

    async def _send(
        self, outgoing: Outgoing, message: Message, gateway: Gateway[Any, Any], keys: list[str]
    ) -> datetime:
        async with self._faults_noted(outgoing, message.followed), self._database.reading() as connection:
            envelopes = (message.contact, *message.secrets)
            to, *secrets = await self._vault.unseal_within(connection, message.workflow_id, envelopes)
        country_or_domain = country_of(to) if message.channel is Channel.SMS else domain_of(to)
        outgoing = replace(outgoing, country_or_domain=country_or_domain)
        text = message.write(*secrets)
        async with self._faults_noted(outgoing, message.followed):
            gateway_ids = await gateway.send(_to_send(message, to, text)) or ()
        also = partial(self._vault.destroy, key_ids=keys) if keys else None
        return await self._ledger.accepted(outgoing, gateway_ids, _accepted(message.followed) or also)

    @asynccontextmanager
    async def _faults_noted(self, outgoing: Outgoing, followed: FollowedSend | None) -> AsyncIterator[None]:
        """Note why a send failed, and raise the same for Temporal: its code alone, and whether to retry."""
        try:
            yield
        except EnvelopeError:
            await self._note_refused(outgoing, followed, "envelope-closed")
            raise ApplicationError("envelope-closed", type="EnvelopeError", non_retryable=True) from None
        except GatewayRefusedError as error:
            await self._note_refused(outgoing, followed, error.reason)
            raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
        except GatewayUnavailableError as error:
            await self._note_postponed(outgoing, followed, error)
            raise _for_temporal(error) from None

    async def _note_postponed(
        self, outgoing: Outgoing, followed: FollowedSend | None, error: GatewayUnavailableError
    ) -> None:
        async def note(connection: AsyncConnection) -> None:
            await self._of(outgoing.channel).note_error(connection, error)
            if followed:
                await progress.postpone(connection, send=followed.send, fault=_fault(outgoing, error.reason))

        await self._ledger.not_accepted(
            outgoing, error.reason, final=False, may_be_taken=error.may_be_taken, also=note
        )

    async def _note_refused(self, outgoing: Outgoing, followed: FollowedSend | None, reason: str) -> None:
        also = None
        if followed:
            fault, dies_at = _fault(outgoing, reason), followed.links_expire
            also = partial(progress.hold, send=followed.send, fault=fault, dies_at=dies_at)
        await self._ledger.not_accepted(outgoing, reason, final=True, also=also)


def _for_temporal(error: GatewayUnavailableError) -> ApplicationError:
    return ApplicationError(error.reason, type="GatewayUnavailableError")


def _postponed(message: Message, reason: str) -> InTransaction | None:
    if message.followed is None:
        return None
    return partial(progress.postpone, send=message.followed.send, fault=fault_of(message.channel, reason))


def _to_send(message: Message, to: str, text: str | MailText) -> SmsMessage | MailMessage:
    if isinstance(text, MailText):
        return MailMessage(message.id, to, text.subject, text.text, text.html, languages=text.languages)
    return SmsMessage(message.id, to, text, message.valid_for)


def _accepted(followed: FollowedSend | None) -> InTransaction | None:
    if followed is None or followed.is_accepted_by_recovery:
        return None
    return partial(progress.accept, send=followed.send, dies_at=followed.dies_at, lives=followed.lives)


def _fault(outgoing: Outgoing, reason: str) -> str:
    return fault_of(Channel(outgoing.channel), reason)
