"""Sends to voters: each message once for its id, whatever is run again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.gateways.sms.gateway import SmsGateway, SmsMessage
from activities.recoveries.links import Links
from activities.recoveries.requests import CONTACT
from activities.recoveries.voting_code import NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.sending.contacts import country_of
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.receipts import Receipts
from activities.store.database import Database
from activities.texts.dates import french_instant
from activities.texts.messages import Texts
from election.contacts import domain_of
from election.procedures import procedure_of
from election.settings import Election
from election.stages import Channel


@dataclass(frozen=True)
class LinkMessage:
    """A link to be sent; `contact` is the envelope of the phone number or personal address."""

    workflow_id: str
    request: str
    contact: str
    channel: Channel
    link_id: str
    tries: int
    expires_at: datetime
    lifetime: timedelta

    @property
    def message_id(self) -> str:
        """The message's id: the same when its send is run again, another when an operator has it sent anew."""
        return f"{self.link_id}-{self.tries}"


@dataclass(frozen=True)
class Notice:
    """The work mailbox to be told what was reissued; `address` is an envelope."""

    workflow_id: str
    link_id: str
    address: str
    channel: Channel
    at: datetime


@dataclass(frozen=True)
class Acceptance:
    """Which gateway took a message, and when."""

    gateway: str
    at: datetime


class Messaging:
    """Opens an envelope, writes the message, hands it to a gateway, and keeps nothing of it."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        links: Links,
        ledger: Ledger,
        receipts: Receipts,
        texts: Texts,
        election: Election,
        sms: SmsGateway,
        mail: MailGateway,
    ) -> None:
        self._database = database
        self._vault = vault
        self._links = links
        self._ledger = ledger
        self._receipts = receipts
        self._texts = texts
        self._election = election
        self._sms = sms
        self._mail = mail

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Return which gateway took the link; a message that was taken before is not sent again."""
        gateway = self._sms.name if message.channel is Channel.SMS else self._mail.name
        outgoing = Outgoing(message.message_id, message.workflow_id, message.link_id, message.channel, gateway)
        accepted_at = await self._ledger.begin(outgoing)
        if accepted_at is None:
            to = await self._open(outgoing, message.request, CONTACT, message.contact)
            area = country_of(to) if message.channel is Channel.SMS else domain_of(to)
            outgoing = replace(outgoing, area=area)
            async with self._told_by_code(outgoing):
                ids = await self._hand_over(message, to)
            accepted_at = await self._ledger.accepted(outgoing, ids)
        if message.channel is Channel.SMS:
            # A receipt may have come before the gateway's answer, or before the run that was lost.
            await self._receipts.tell(message.message_id)
        return Acceptance(gateway, accepted_at)

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Return when the work mailbox's relay took the notice; the address is unreadable from then on."""
        message_id = f"{notice.link_id}-avis"
        outgoing = Outgoing(message_id, notice.workflow_id, notice.link_id, Channel.EMAIL, self._mail.name)
        accepted_at = await self._ledger.begin(outgoing)
        if accepted_at is None:
            to = await self._open(outgoing, notice.link_id, NOTICE, notice.address)
            outgoing = replace(outgoing, area=domain_of(to))
            words = {Channel.SMS: "SMS", Channel.EMAIL: "e-mail personnel"}
            at = french_instant(notice.at, self._election.zone)
            folder = f"{procedure_of(notice.workflow_id).folder}_reissued"
            text = self._texts.mail(folder, at=at, channel=words[notice.channel])
            async with self._told_by_code(outgoing):
                await self._mail.send(MailMessage(message_id, to, text.subject, text.text, text.html))
        async with self._database.writing(urgent=True) as connection:
            if accepted_at is None:
                accepted_at = await self._ledger.accepted_within(connection, outgoing, ())
            await self._vault.destroy(connection, [key_id(notice.link_id, NOTICE)])
        return Acceptance(self._mail.name, accepted_at)

    async def _open(self, outgoing: Outgoing, request: str, purpose: str, envelope: str) -> str:
        try:
            return await self._vault.unseal(outgoing.workflow_id, request, purpose, envelope)
        except EnvelopeError:
            await self._ledger.not_taken(outgoing, "envelope-closed", final=True)
            raise ApplicationError("envelope-closed", type="EnvelopeError", non_retryable=True) from None

    async def _hand_over(self, message: LinkMessage, to: str) -> tuple[str, ...]:
        link = self._links.address(message.workflow_id, message.link_id)
        folder = f"{procedure_of(message.workflow_id).folder}_link"
        if message.channel is Channel.SMS:
            minutes = int(message.lifetime.total_seconds()) // 60
            text = self._texts.sms(f"{folder}_sms", link=link, minutes=minutes)
            return await self._sms.send(SmsMessage(message.message_id, to, text))
        expires_at = french_instant(message.expires_at, self._election.zone)
        mail = self._texts.mail(folder, link=link, expires_at=expires_at)
        await self._mail.send(MailMessage(message.message_id, to, mail.subject, mail.text, mail.html))
        return ()

    @asynccontextmanager
    async def _told_by_code(self, outgoing: Outgoing) -> AsyncIterator[None]:
        """Tell ledger and Temporal of a gateway's fault by its code alone, and whether trying again is of use."""
        try:
            yield
        except GatewayRefusedError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=True)
            raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
        except GatewayUnavailableError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=False)
            raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
