"""With an envelope of their own, nobody can have another elector's link sent to themselves."""

from dataclasses import replace

from activities.gateways.recording import RecordingSms
from activities.recoveries.links import Links, NewLink
from activities.security.vault import Vault
from activities.sending.messaging import Messaging
from activities.store.database import Database
from tests.support.clock import Clock
from tests.support.sealed_contacts import Envelopes

_THEIRS, _MINE = "voting-code/voter", "voting-code/thief"


async def test_a_link_sent_in_another_recovery_s_name_leads_nowhere(
    database: Database, vault: Vault, links: Links, messaging: Messaging, sms: RecordingSms, now: Clock
) -> None:
    """Anybody who can write to Temporal can order any send: what arrives is not the voter's token."""
    async with database.writing() as connection:
        await links.register(connection, _THEIRS, NewLink("theirs"))
    order = await Envelopes(vault, now, _MINE).link()
    await messaging.send_link(replace(order, link_id="theirs"))
    [sent] = sms.sent
    assert await links.find(sent.text.partition("/lien/")[2].split()[0]) is None
