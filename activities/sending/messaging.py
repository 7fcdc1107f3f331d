"""The activities that write to voters: a link, a new identifier, a notice to the work mailbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity

from activities.objections.links import ObjectionLinks
from activities.progress.rows import SendOf
from activities.recoveries.links import Links
from activities.recoveries.notices import Notice, NoticeKind
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE
from activities.security.vault import Envelope
from activities.sending.message_sender import Acceptance, FollowedSend, Message, MessageSender
from activities.texts.dates import written_instant
from activities.texts.messages import MailText, Spoken, Texts, Value
from election.procedures import Procedure, procedure_of
from election.settings import Election
from election.stages import Channel
from election.text.translation import N_, SOURCE

# What somebody tried to obtain.
_THINGS = {
    Procedure.VOTING_CODE: N_("un nouveau code de vote"),
    Procedure.IDENTIFIER: N_("un nouvel identifiant électeur"),
    Procedure.PASSWORD: N_("un nouveau mot de passe Élections"),
    Procedure.IDENTIFIER_AND_PASSWORD: N_("un nouvel identifiant et un nouveau mot de passe"),
}
# Their links go to the work mailbox at the request of whoever types an identifier, who may not be its owner.
_ASKED_FOR_BY_ANYBODY = {Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD}
_CHANNEL_NAMES = {Channel.SMS: "SMS", Channel.EMAIL: N_("courriel, à une adresse personnelle")}


@dataclass(frozen=True)
class LinkMessage:
    """A link to send; `contact` is the envelope of a phone number or a mail address, sealed under `request_id`.

    `language` is the one that the voter had chosen when asking. `gateway` is the one that an operator has chosen, or empty.
    """

    workflow_id: str
    request_id: str
    contact: str
    channel: Channel
    link_id: str
    send_number: int
    expires_at: datetime
    lifetime: timedelta
    language: str = SOURCE
    gateway: str = ""

    @property
    def message_id(self) -> str:
        """The message's id: the same when its send is run again, another for an operator's retry."""
        return f"{self.link_id}-{self.send_number}"


@dataclass(frozen=True)
class IdentifierMessage:
    """A new identifier to send by SMS (2018) or by mail (2011's « 2/2 »).

    `identifier` and `contact` are envelopes, sealed under `delivery_id` and `contact_id`. Unless the identifier `is_active`
    already, its recovery notes the acceptance when it activates it. `language` is the one that the voter had chosen,
    `gateway` the one that an operator has chosen, or empty.
    """

    workflow_id: str
    delivery_id: str
    identifier: str
    contact: str
    contact_id: str
    channel: Channel
    send_number: int
    is_active: bool = False
    language: str = SOURCE
    gateway: str = ""

    @property
    def message_id(self) -> str:
        """The message's id, which differs for a mail from that of the link's own mail (`{link_id}-{send_number}`)."""
        return (
            f"{self.delivery_id}-2-{self.send_number}"
            if self.channel is Channel.EMAIL
            else f"{self.delivery_id}-{self.send_number}"
        )


class Messaging:
    """Writes each message in the election's words, and has it sent once for its id."""

    def __init__(
        self,
        sender: MessageSender,
        links: Links,
        objections: ObjectionLinks,
        texts: Texts,
        election: Election,
        now: Callable[[], datetime],
    ) -> None:
        self._sender = sender
        self._links = links
        self._objections = objections
        self._texts = texts
        self._election = election
        self._links_expire = election.calendar.links_expire
        self._now = now

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Return which gateway accepted the link, and when."""
        return await self._sender.send(
            Message(
                message.message_id,
                message.workflow_id,
                message.link_id,
                message.channel,
                Envelope(message.request_id, CONTACT, message.contact),
                lambda: self._link_text(message),
                followed=self._followed_link(message),
                gateway=message.gateway,
                valid_for=self._election.links.sms_max_lifetime,
            )
        )

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Return which gateway accepted the identifier, and when."""
        return await self._sender.send(
            Message(
                message.message_id,
                message.workflow_id,
                message.delivery_id,
                message.channel,
                Envelope(message.contact_id, CONTACT, message.contact),
                lambda identifier: self._identifier_text(message, identifier),
                (Envelope(message.delivery_id, IDENTIFIER, message.identifier),),
                followed=FollowedSend(
                    SendOf(message.workflow_id, message.delivery_id, message.send_number),
                    self._links_expire,
                    is_accepted_by_recovery=not message.is_active,
                ),
                gateway=message.gateway,
            )
        )

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Return when the work mailbox's relay accepted the notice; its address is unreadable from then on."""
        return await self._sender.send(
            Message(
                notice.message_id,
                notice.workflow_id,
                notice.link_id,
                Channel.EMAIL,
                Envelope(notice.link_id, NOTICE, notice.address),
                lambda: self._notice_text(notice),
                is_contact_destroyed=True,
            )
        )

    def _followed_link(self, message: LinkMessage) -> FollowedSend:
        is_sms = message.channel is Channel.SMS
        return FollowedSend(
            SendOf(message.workflow_id, message.link_id, message.send_number),
            self._links_expire,
            dies_at=None if is_sms else message.expires_at,
            lives=self._election.links.sms_max_lifetime if is_sms else None,
        )

    def _link_text(self, message: LinkMessage) -> str | MailText:
        procedure = procedure_of(message.workflow_id)
        link, folder = self._links.address(message.workflow_id, message.link_id), f"{procedure.folder}_link"
        expires_at = Spoken(lambda: written_instant(message.expires_at, self._election.zone))
        if procedure in _ASKED_FOR_BY_ANYBODY:
            return self._texts.warning(folder, message.language, link=link, expires_at=expires_at)
        with self._texts.speaking(message.language):
            if message.channel is Channel.SMS:
                lifetime = min(message.lifetime, self._links_expire - self._now())
                minutes = max(1, lifetime // timedelta(minutes=1))
                return self._texts.sms(f"{folder}_sms", link=link, minutes=minutes)
            return self._texts.mail(folder, link=link, expires_at=expires_at)

    def _identifier_text(self, message: IdentifierMessage, identifier: str) -> str | MailText:
        with self._texts.speaking(message.language):
            if message.channel is Channel.SMS:
                return self._texts.sms("identifier_sms", identifier=identifier)
            return self._texts.mail("identifier_and_password_identifier", identifier=identifier)

    def _notice_text(self, notice: Notice) -> MailText:
        procedure, at = (
            procedure_of(notice.workflow_id),
            Spoken(lambda: written_instant(notice.at, self._election.zone)),
        )
        told: dict[str, Value] = {
            "at": at,
            "objection": self._objections.address(notice.workflow_id, notice.link_id),
        }
        if notice.kind is NoticeKind.WRONG_PROOFS:
            return self._texts.warning("wrong_proofs", notice.language, thing=_THINGS[procedure], **told)
        folder, channel = f"{procedure.folder}_{notice.kind}", _CHANNEL_NAMES[notice.channel]
        return self._texts.warning(folder, notice.language, channel=channel, **told)
