"""Someone with write access to Temporal cannot have another elector's link sent to an own address."""

from dataclasses import replace

from activities.gateways.recording import RecordingSms
from activities.recoveries.links import Links, NewLink
from activities.security.vault import Vault
from activities.sending.messaging import Messaging
from activities.store.database import Database
from tests.support.clock import Clock
from tests.support.sealed_contacts import SealedMessages

_VICTIM, _ATTACKER = "code-de-vote/voter", "code-de-vote/thief"


async def test_a_link_sent_in_another_recovery_s_name_leads_nowhere(
    database: Database, vault: Vault, links: Links, messaging: Messaging, sms: RecordingSms, now: Clock
) -> None:
    """A send ordered with an own sealed contact and another recovery's link id carries another token."""
    async with database.writing() as connection:
        await links.register(connection, _VICTIM, NewLink("victim-link"), "victim")
    order = await SealedMessages(vault, now, _ATTACKER).link()
    await messaging.send_link(replace(order, link_id="victim-link"))
    [sent] = sms.sent
    assert await links.find(sent.text.partition("/lien/")[2].split()[0]) is None
