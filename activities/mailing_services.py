"""Builds the services of mailings from settings; the others are built by `services.py`."""

from functools import partial

from activities.config.clock import utc_now
from activities.config.settings import MessagingSettings, key_bytes
from activities.evidence.journal import Journal
from activities.mailings.mailings import Ask, Mailings
from activities.mailings.mould import Mould
from activities.mailings.relays import Relays
from activities.mailings.sender import CONNECTIONS, MailingSender
from activities.outbox.claims import Outcomes
from activities.outbox.rows import Outbox
from activities.outbox.sealed_addresses import AddressOpener
from activities.recoveries.links import Links
from activities.recoveries.terms import Terms
from activities.sending_gateways import build_relays
from activities.sending_services import build_texts
from activities.services import RollServices
from activities.store.database import Database
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.recovery_terms import PublicKeys
from election.settings import Election


def build_mailings(services: RollServices, election: Election, keys: PublicKeys, ask: Ask) -> Mailings:
    """Return the activities of mailings; `ask` asks an elector's own recovery for a link."""
    database = services.database
    journal, terms = Journal(database, election, utc_now), Terms(election, keys, utc_now)
    return Mailings(database, services.roll, services.links, Outbox(utc_now), journal, terms, election, ask)


def build_mailing_sender(settings: MessagingSettings, election: Election, database: Database) -> MailingSender:
    """Return the sender of mailings, with connections to the relays of its own."""
    relays = build_relays(settings, election, database, CONNECTIONS)
    journal, retry_for = Journal(database, election, utc_now), election.delivery.retry_for
    opener = AddressOpener(key_bytes(settings.messaging_signing_key))
    links = Links(database, key_bytes(settings.link_key), settings.public_url, utc_now)
    texts = build_texts(election, settings.public_url)
    expires_at = written_instant(election.calendar.links_expire, election.zone)
    mould = Mould(
        lambda link: texts.mail(
            f"{Procedure.IDENTIFIER_AND_PASSWORD.folder}_link", link=link, expires_at=expires_at
        )
    )
    outcomes, new_relays = Outcomes(database, journal, retry_for, utc_now), partial(Relays, relays, database)
    return MailingSender(outcomes, opener, links, mould.filled, new_relays, utc_now)
