"""All links of one recovery and their deliveries; only the newest link can be used."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.links import NewLink
from activities.recoveries.requests import Renewal, Requests
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from activities.sending.messaging import Notice
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Answer, RecoveryStatus, RecoveryTerms
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.parts.link_delivery import Destination, LinkDelivery


class LinkDeliveries:
    """Sends links, each replacing the one before, and knows the verdict on each."""

    def __init__(self, terms: RecoveryTerms, on_change: Callable[[], None]) -> None:
        self.current: LinkDelivery | None = None
        self._terms = terms
        self._workflow_id = workflow.info().workflow_id
        self._on_change = on_change
        self._all: dict[str, LinkDelivery] = {}
        self._following: asyncio.Task[None] | None = None

    @property
    def stage(self) -> Stage | None:
        """The stage of the live link's delivery; None without a live link."""
        live = self.current if self.current and not self.current.link.has_ended() else None
        return live.message.stage if live else None

    @property
    def sends_left(self) -> int:
        """How many more links this recovery may send."""
        return self._terms.max_sends - len(self._all)

    @property
    def endings(self) -> dict[str, LinkVerdict]:
        """The verdict on each link that is not live, by link id."""
        ended = {link_id: each.link.ending for link_id, each in self._all.items()}
        return {link_id: ending for link_id, ending in ended.items() if ending is not LinkVerdict.LIVE}

    @property
    def key_ids(self) -> list[str]:
        """The ids of the vault keys to destroy at the end: of the links' destinations."""
        return sorted({key_id(each.destination.request_id, CONTACT) for each in self._all.values()})

    def refusal(self) -> Verdict | None:
        """Return why no further link can be sent now, or None when one can."""
        if workflow.now() >= self._terms.requests_close:
            return Verdict.CLOSED
        return Verdict.TOO_MANY_SENDS if self.sends_left <= 0 else None

    def new_link(self) -> NewLink:
        """Return a new link, which replaces the current one."""
        return NewLink(workflow.uuid4().hex, self.current.id if self.current else "")

    def begin(self, destination: Destination, link_id: str) -> None:
        """Send a new link; the one before it, if any, is replaced."""
        if self.current is not None:
            self.current.link.end(LinkVerdict.REPLACED)
        if self._following is not None:
            self._following.cancel()
        self.current = LinkDelivery(self._terms, destination, link_id, self._on_change)
        self._all[link_id] = self.current
        self._following = asyncio.create_task(self.current.message.follow())
        self._on_change()

    async def send_again(self) -> Answer:
        """Send a new link to the last destination, and return the answer; a refusal says why."""
        former = self.current
        if former is None or former.link.ending is not LinkVerdict.LIVE:
            return Answer(Verdict.NOTHING_TO_SEND)
        if workflow.now() < former.message.send_again_at:
            return Answer(Verdict.TOO_SOON, former.message.send_again_at)
        refusal = self.refusal()
        if refusal is not None:
            return Answer(refusal)
        link, destination = self.new_link(), former.destination
        renewal = Renewal(self._workflow_id, self._terms.elector_id, destination.channel, link)
        await workflow.execute_local_activity_method(Requests.renew_link, renewal, **DATABASE_ACTIVITY)
        if former.link.verdict(workflow.now()) is not LinkVerdict.LIVE:
            return Answer(Verdict.NOTHING_TO_SEND)  # used or cancelled during the activity
        self.begin(destination, link.link_id)
        return Answer(Verdict.ACCEPTED)

    def spend(self, link_id: str) -> None:
        """Mark a link as used, and cancel a send that is still retried."""
        self._all[link_id].link.end(LinkVerdict.USED)
        if self._following is not None:
            self._following.cancel()

    def cancel(self) -> bool:
        """End the live link; return False when there is none."""
        if self.current is None or self.current.link.has_ended():
            return False
        self.current.link.end(LinkVerdict.CANCELLED)
        return True

    def verdict(self, link_id: str) -> LinkVerdict:
        """Return the verdict on a link; UNKNOWN if it is not of this recovery."""
        delivery = self._all.get(link_id)
        return delivery.link.verdict(workflow.now()) if delivery else LinkVerdict.UNKNOWN

    def require_live(self, link_id: str) -> None:
        """Return if a link can be used now.

        Raises:
            ApplicationError: it cannot; the type is `LinkVerdict`, the message is the verdict.
        """
        verdict = self.verdict(link_id)
        if verdict is not LinkVerdict.LIVE:
            raise ApplicationError(verdict, type="LinkVerdict")

    def channel(self, link_id: str) -> Channel:
        """Return the channel by which a link was sent."""
        return self._all[link_id].channel

    def notice(self, link_id: str, address: str) -> Notice:
        """Return the notice that a link was used for a new credential; `address` is sealed."""
        return Notice(self._workflow_id, link_id, address, self.channel(link_id), workflow.now())

    def status(self, stage: Stage, since: datetime) -> RecoveryStatus:
        """Return the state of the recovery, without any secret or contact."""
        current = self.current
        if current is None:
            return RecoveryStatus(stage, since)
        message = current.message
        return RecoveryStatus(
            stage=stage,
            since=since,
            channel=current.channel,
            hint=current.destination.hint,
            accepted_at=message.accepted_at,
            delivered_at=message.delivered_at,
            link_expires_at=current.link.expires_at if message.accepted_at else None,
            fault=message.fault,
            send_again_at=message.send_again_at,
            sends_left=self.sends_left,
        )
