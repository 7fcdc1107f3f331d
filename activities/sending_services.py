"""One place that builds what sends, from settings."""

from dataclasses import dataclass

from temporalio.client import Client

from activities.config.clock import utc_now
from activities.config.settings import MessagingSettings, key_bytes
from activities.evidence.journal import Journal
from activities.gateways.accounts import relay_account, smpp_account
from activities.gateways.bounded import BoundedMail, BoundedSms
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.sms.smpp import SmppGateway
from activities.recoveries.links import Links
from activities.security.vault import Vault
from activities.sending.identifier_mail import IdentifierMail
from activities.sending.identifier_sms import IdentifierSms
from activities.sending.ledger import Ledger
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.sending.support_desk import SupportDesk
from activities.store.database import Database
from activities.texts.messages import Texts
from election.settings import Election

# Each gateway's share of the worker's places (`worker.py` has room for both, and more).
_SENDS_AT_ONCE = 40


@dataclass(frozen=True)
class MessagingSide:
    """What the `messaging` role works with: the gateways, and of the database only vault and ledger."""

    messaging: Messaging
    identifier_sms: IdentifierSms
    identifier_mail: IdentifierMail
    sms: SmppGateway
    relay: SmtpGateway
    receipts: Receipts
    support_desk: SupportDesk


def messaging_side(
    core: MessagingSettings, election: Election, database: Database, client: Client
) -> MessagingSide:
    """Return the gateways' side of the system."""
    ledger = Ledger(database, Journal(database, election.id, utc_now), utc_now)
    receipts = Receipts(ledger, client)
    sms = SmppGateway(smpp_account(core, election), receipts.receive, utc_now)
    vault = Vault(database, key_bytes(core.master_key), utc_now)
    relay = SmtpGateway(relay_account(core), utc_now)
    by_sms, mail = BoundedSms(sms, _SENDS_AT_ONCE), BoundedMail(relay, _SENDS_AT_ONCE)
    words = texts(election)
    messaging = Messaging(
        database,
        vault,
        Links(database, key_bytes(core.link_key), core.public_url, utc_now),
        ledger,
        receipts,
        words,
        election,
        by_sms,
        mail,
    )
    identifier_sms = IdentifierSms(vault, ledger, receipts, words, by_sms)
    identifier_mail = IdentifierMail(vault, ledger, words, mail)
    support_desk = SupportDesk(database, vault, words, election, mail)
    return MessagingSide(messaging, identifier_sms, identifier_mail, sms, relay, receipts, support_desk)


def texts(election: Election) -> Texts:
    """Return the messages of an election."""
    return Texts(
        election_name=election.name,
        organiser=election.organiser,
        support_email=election.support_email,
        display_seconds=int(election.voting_code_recovery.display_window.total_seconds()),
        password_minutes=max(1, int(election.both_codes_recovery.display_window.total_seconds()) // 60),
    )
