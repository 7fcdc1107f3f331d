"""All links of one recovery and their deliveries; only the newest link can be used."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.links import NewLink
from activities.recoveries.notices import Notice
from activities.recoveries.requests import Renewal, Requests
from activities.recoveries.settlements import Settlements, UnsentLink
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.agreed_terms import AgreedTerms
from workflows.contracts.messages import Answer, RecoveryStatus
from workflows.parts.database_calls import DatabaseCalls
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.one_time_link import ENDING_OF


class LinkDeliveries:
    """Sends links, each replacing the one before, and knows the verdict on each."""

    def __init__(self, terms: AgreedTerms, database: DatabaseCalls, on_change: Callable[[], None]) -> None:
        self.current: LinkDelivery | None = None
        self._terms = terms
        self._database = database
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
        return self._terms().max_sends - len(self._all)

    @property
    def endings(self) -> dict[str, LinkVerdict]:
        """The verdict on each link that is not live, by link id."""
        ended = {link_id: each.link.ending for link_id, each in self._all.items()}
        return {link_id: ending for link_id, ending in ended.items() if ending is not LinkVerdict.LIVE}

    @property
    def key_ids(self) -> list[str]:
        """The ids of the vault keys to destroy at the end: of the links' destinations."""
        return sorted({key_id(each.destination.request_id, CONTACT) for each in self._all.values()})

    def refusal(self) -> Answer | None:
        """Return why this recovery sends no further link now, or None when it can."""
        if not self._terms.are_known:
            return None  # the judgement, which brings them, knows the election's dates
        if workflow.now() >= self._terms().requests_close:
            return Answer(Verdict.CLOSED)
        if self.sends_left <= 0:
            return Answer(Verdict.TOO_MANY_SENDS)
        return self.current.message.too_soon() if self.current else None

    def new_link(self) -> NewLink:
        """Return a new link, which replaces the current one."""
        return NewLink(workflow.uuid4().hex, self.current.id if self.current else "", len(self._all) + 1)

    def has(self, link_id: str) -> bool:
        """Return whether a link is of this recovery, live or not."""
        return link_id in self._all

    def is_adopted(self, link_id: str) -> bool:
        """Return whether a mailing has sent a link of this recovery."""
        return not self._all[link_id].destination.contact

    def adopt(self, link_id: str, dies_at: datetime) -> None:
        """Take a link that a mailing has sent by e-mail; the one before it, if any, is replaced."""
        self._replace_current(Destination(link_id, Channel.EMAIL, ""), link_id)
        self._all[link_id].link.shorten_to(dies_at)

    def begin(self, destination: Destination, link_id: str) -> None:
        """Send a new link; the one before it, if any, is replaced."""
        self.current = self._replace_current(destination, link_id)
        self._following = asyncio.create_task(self.current.message.follow())
        self._on_change()

    def _replace_current(self, destination: Destination, link_id: str) -> LinkDelivery:
        if self.current is not None:
            self.current.link.end(LinkVerdict.REPLACED)
        if self._following is not None:
            self._following.cancel()
        self.current = self._all[link_id] = LinkDelivery(
            self._terms(), self._database, destination, link_id, self._on_change
        )
        return self.current

    async def send_again(self, is_superseded: Callable[[], bool]) -> Answer:
        """Send a new link to the last destination, and return the answer; a refusal says why.

        If the database does not answer, it is given up once it `is_superseded` by another request.
        """
        former = self.current
        if former is None or former.link.ending is not LinkVerdict.LIVE:
            return Answer(Verdict.NOTHING_TO_SEND)
        refusal = self.refusal()
        if refusal is not None:
            return refusal
        link, destination = self.new_link(), former.destination
        elector_id, sealed = self._terms.elector_id, (destination.request_id, destination.contact)
        renewal = Renewal(self._workflow_id, elector_id, destination.channel, link, *sealed)
        judged = await self._database.run(Requests.renew_link, renewal, is_superseded=is_superseded)
        if judged.verdict is not Verdict.ACCEPTED:
            return Answer(judged.verdict, judged.until)
        if former.link.verdict(workflow.now()) is not LinkVerdict.LIVE:  # it has ended during the activity
            await self.note_unsent(link)
            return Answer(Verdict.NOTHING_TO_SEND)
        self.begin(destination, link.link_id)
        return Answer(Verdict.ACCEPTED)

    async def note_unsent(self, link: NewLink) -> None:
        """Note that a registered link is not sent, since the current one was used, was cancelled or has expired meanwhile."""
        if self.current is None:
            return
        verdict, sends = self.current.link.verdict(workflow.now()), self.current.message.send_number
        is_used = verdict is LinkVerdict.USED
        window, ending = (self._terms().display_window, None) if is_used else (None, ENDING_OF.get(verdict))
        unsent = UnsentLink(self._workflow_id, link.link_id, self.current.id, window, sends, ending)
        await self._database.run(Settlements.note_unsent_link, unsent)

    def spend(self, link_id: str) -> None:
        """Mark a link as used, and cancel a send that is still retried."""
        self._all[link_id].link.end(LinkVerdict.USED)
        if self._following is not None:
            self._following.cancel()

    def fail(self, link_id: str) -> None:
        """Cancel a used link with which nothing could be issued: it is not told to have served."""
        self._all[link_id].link.fail()

    def cancel(self, verdict: LinkVerdict) -> bool:
        """End the live link with a verdict; return False when there is none."""
        if self.current is None or self.current.link.has_ended():
            return False
        self.current.link.end(verdict)
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
        to = self._all[link_id].destination
        return Notice(self._workflow_id, link_id, address, to.channel, workflow.now(), language=to.language)

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
            fault=message.fault or message.postponement,
            tries_end_at=message.tries_end_at,
            send_again_at=message.send_again_at,
            sends_left=self.sends_left,
        )
