"""Messages that a workflow passes to the sending activities, with sealed contacts."""

from dataclasses import dataclass
from datetime import timedelta

from activities.recoveries.notices import Notice
from activities.security.purposes import CONTACT, NOTICE
from activities.security.vault import Vault
from activities.sending.messaging import LinkMessage
from election.stages import Channel
from tests.support.clock import Clock

PHONE = "+262692123456"
MAILBOX = "camille.durand+vote@exemple.fr"
WORK_MAILBOX = "camille.durand@ac-lyon.fr"


@dataclass(frozen=True)
class SealedMessages:
    """Makes the messages of one recovery."""

    vault: Vault
    now: Clock
    workflow_id: str

    async def link(self, channel: Channel = Channel.SMS, contact: str = "", number: int = 1) -> LinkMessage:
        """Return the message with a link, to a phone or to a personal mailbox; `number` counts its sends."""
        to = contact or (PHONE if channel is Channel.SMS else MAILBOX)
        sealed = await self.vault.seal(self.workflow_id, "request", {CONTACT: to})
        lifetime = timedelta(minutes=10) if channel is Channel.SMS else timedelta(hours=24)
        return LinkMessage(
            workflow_id=self.workflow_id,
            request_id="request",
            contact=sealed[CONTACT],
            channel=channel,
            link_id="link",
            send_number=number,
            expires_at=self.now() + lifetime,
            lifetime=lifetime,
        )

    async def notice(self, channel: Channel = Channel.SMS) -> Notice:
        """Return the security notice to the work mailbox."""
        sealed = await self.vault.seal(self.workflow_id, "link", {NOTICE: WORK_MAILBOX})
        return Notice(self.workflow_id, "link", sealed[NOTICE], channel, self.now())
