"""Builds the services of the `messaging` role from settings; the others are built by `services.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client

from activities.bounces.inbox import BounceInbox
from activities.bounces.lmtp import BounceLmtp
from activities.bounces.settlement import SETTLE_EVERY, BounceSettlement
from activities.bounces.webhook import BounceWebhook
from activities.config.clock import utc_now
from activities.config.settings import MessagingSettings, key_bytes
from activities.evidence.journal import Journal
from activities.gateways.accounts import relay_account
from activities.recoveries.links import Links
from activities.routing.gateways import AnyGateway
from activities.security.signatures import SigningKey
from activities.security.vault import Vault
from activities.sending.bureau_desk import BureauDesk
from activities.sending.ledger import Ledger
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.sending.sign_in_code import SignInCodeMails
from activities.sending.support_desk import SupportDesk
from activities.sending_gateways import SendingGateways, build_gateways
from activities.services import build_objection_links
from activities.store.database import Database
from activities.texts.catalogues import languages_of
from activities.texts.messages import Texts
from activities.upkeep.periodic_tasks import PeriodicTask, every
from election.settings import Election
from election.stages import Channel


@dataclass(frozen=True)
class SendingServices:
    """What the `messaging` role uses: the gateways, and of the database only vault and ledger."""

    sender: MessageSender
    messaging: Messaging
    gateways: SendingGateways
    receipts: Receipts
    support_desk: SupportDesk
    sign_in_code_mails: SignInCodeMails
    bureau_desk: BureauDesk
    bounces: BounceSettlement
    lmtp: BounceLmtp | None
    bounce_webhook: BounceWebhook | None

    @property
    def bounce_tasks(self) -> list[PeriodicTask]:
        """What runs beside the activities, so that bounces are settled."""
        return [every(SETTLE_EVERY, self.bounces.settle)]

    @property
    def sms_activities(self) -> list[Callable[..., Any]]:
        """The activities of the task queue of SMS."""
        return [self.messaging.send_link, self.messaging.send_identifier]

    @property
    def mail_activities(self) -> list[Callable[..., Any]]:
        """The activities of the task queue of mails."""
        return [
            self.messaging.send_link,
            self.messaging.send_notice,
            self.messaging.send_identifier,
            self.support_desk.send_letter,
            self.sign_in_code_mails.send_code,
            self.bureau_desk.tell_bureau,
        ]


def build_sending_services(
    settings: MessagingSettings, election: Election, database: Database, client: Client
) -> SendingServices:
    """Return the services that send."""
    journal = Journal(database, election, utc_now)
    ledger = Ledger(database, journal, utc_now)
    signing_key = SigningKey(key_bytes(settings.messaging_signing_key))
    receipts = Receipts(ledger, client, signing_key, election)
    gateways = build_gateways(settings, election, database, receipts)
    vault = Vault(database, key_bytes(settings.master_key), utc_now)
    texts = build_texts(election, settings.public_url)
    links = Links(database, key_bytes(settings.link_key), settings.public_url, utc_now)
    sender = MessageSender(database, vault, ledger, receipts, gateways.sms, gateways.mail, signing_key)
    objections = build_objection_links(settings, election, database)
    messaging = Messaging(sender, links, objections, texts, election, utc_now)
    mail = AnyGateway(Channel.EMAIL, gateways.mail)
    support_desk = SupportDesk(database, vault, texts, election, mail)
    code_mails = SignInCodeMails(database, vault, texts, election.sign_in, mail)
    bureau_desk = BureauDesk(texts, election, mail)
    inbox = BounceInbox(database, key_bytes(settings.messaging_signing_key), utc_now)
    links_expire = election.calendar.links_expire
    bounces = BounceSettlement(database, inbox, receipts, journal, links_expire, utc_now)
    by_lmtp, by_http = _build_lmtp(settings, inbox), _build_webhook(settings, inbox)
    desks = (support_desk, code_mails, bureau_desk)
    return SendingServices(sender, messaging, gateways, receipts, *desks, bounces, by_lmtp, by_http)


def _build_lmtp(settings: MessagingSettings, inbox: BounceInbox) -> BounceLmtp | None:
    if settings.lmtp_port is None:
        return None
    return BounceLmtp(relay_account(settings).return_paths, inbox, settings.lmtp_host, settings.lmtp_port)


def _build_webhook(settings: MessagingSettings, inbox: BounceInbox) -> BounceWebhook | None:
    if settings.bounce_secret is None:
        return None
    return BounceWebhook(settings.bounce_secret.get_secret_value(), relay_account(settings).return_paths, inbox)


def build_texts(election: Election, public_url: str) -> Texts:
    """Return the messages of an election, whose voters reach the portal at `public_url`."""
    return Texts(
        election_name=election.name,
        organiser=election.organiser,
        support=election.support,
        sms_sender=election.sms_sender,
        portal=public_url,
        languages=languages_of(election, "election", "activities"),
        display_seconds=int(election.voting_code_recovery.display_window.total_seconds()),
        password_seconds=int(election.identifier_and_password_recovery.display_window.total_seconds()),
        code_wait=election.code_wait,
    )
