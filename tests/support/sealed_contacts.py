"""The orders that workflows give to the sending activities, with their envelopes."""

from dataclasses import dataclass
from datetime import timedelta

from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import Vault
from activities.sending.messaging import LinkMessage, Notice
from election.stages import Channel
from tests.support.clock import Clock

PHONE = "+262692123456"
MAILBOX = "camille.durand+vote@exemple.fr"
WORK_MAILBOX = "camille.durand@ac-lyon.fr"


@dataclass(frozen=True)
class Envelopes:
    """Orders for one recovery's messages."""

    vault: Vault
    now: Clock
    workflow_id: str

    async def link(self, channel: Channel = Channel.SMS, contact: str = "", number: int = 1) -> LinkMessage:
        """Return an order to send a link, to a phone or to a personal mail address."""
        to = contact or (PHONE if channel is Channel.SMS else MAILBOX)
        sealed = await self.vault.seal(self.workflow_id, "request", {CONTACT: to})
        lifetime = timedelta(minutes=10) if channel is Channel.SMS else timedelta(hours=24)
        return LinkMessage(
            workflow_id=self.workflow_id,
            request_id="request",
            contact=sealed[CONTACT],
            channel=channel,
            link_id="link",
            tries=number,
            expires_at=self.now() + lifetime,
            lifetime=lifetime,
        )

    async def notice(self, channel: Channel = Channel.SMS) -> Notice:
        """Return an order to notify the work mailbox."""
        sealed = await self.vault.seal(self.workflow_id, "link", {NOTICE: WORK_MAILBOX})
        return Notice(self.workflow_id, "link", sealed[NOTICE], channel, self.now())
