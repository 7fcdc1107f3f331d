"""Sends the mails of a mailing that wait, over a few connections that stay open; the messaging role runs it."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.config.errors import DatabaseUnavailableError
from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.base.rate_limiter import RateLimiter
from activities.gateways.mail.gateway import MailMessage
from activities.mailings.relays import NewRelays, Relays
from activities.metrics.definitions import SENDS
from activities.outbox.answers import Answer, Claimed, Handed, RelayAnswer
from activities.outbox.claims import Claims, Outcomes
from activities.outbox.sealed_addresses import AddressOpener
from activities.recoveries.links import Links
from activities.security.role_box import RoleBoxError
from activities.texts.messages import MailText
from election.contacts import domain_of
from election.procedures import Procedure, workflow_id_of
from election.stages import Channel

CONNECTIONS = 8
_PROCEDURE = Procedure.IDENTIFIER_AND_PASSWORD
_CLAIMED_AT_ONCE = 100
# More than these are never unwritten: a mail whose acceptance is not written when the process dies is sent again.
_MOST_UNWRITTEN = CONNECTIONS
_RETRY_AFTER = 0.2  # seconds
_BEAT_EVERY = 2.0  # seconds

WriteText = Callable[[str], MailText]


@dataclass(frozen=True)
class SendOrder:
    """How long to send, in seconds, how many a second, and how many at most."""

    mailing: str
    per_second: float
    seconds: float
    most: int


@dataclass(frozen=True)
class SendReport:
    """How many mails the relays have answered to; `relay_fault` is why the sender stopped early, if none is there."""

    answered: int
    relay_fault: str = ""


class MailingSender:
    """Sends for some seconds at a time; any number of senders may work on one mailing."""

    def __init__(
        self,
        outcomes: Outcomes,
        opener: AddressOpener,
        links: Links,
        write_text: WriteText,
        new_relays: NewRelays,
        now: Callable[[], datetime],
    ) -> None:
        self.outcomes = outcomes
        self._opener = opener
        self._links = links
        self._write_text = write_text
        self.new_relays = new_relays
        self._now = now

    @activity.defn
    async def send_mailing(self, order: SendOrder) -> SendReport:
        """Send what waits, and return how many mails the relays have answered to.

        Whatever ends it, answers that have come are written first. A process that is killed leaves its claims to others.

        Raises:
            DatabaseUnavailableError: the database does not answer; what was claimed can be claimed again.
            ApplicationError: non-retryable, since it has refused what relays had answered: the same mails would go again.
        """
        async with self.outcomes.claims(order.mailing) as claims:
            sending = asyncio.ensure_future(Sending(self, claims, order).run())
            try:
                return await asyncio.shield(sending)
            except asyncio.CancelledError:
                with suppress(Exception):
                    await sending  # some seconds at most; what is under way is not cut off
                raise

    async def hand_over(self, claimed: Claimed, relays: Relays) -> Handed:
        """Hand a mail to one of the relays, and return its answer.

        Raises:
            GatewayUnavailableError: none of them was there for the mail before.
        """
        started_at = self._now()
        try:
            recipient = self._opener.open(claimed.sealed)
        except RoleBoxError:
            relay = claimed.last.gateway if claimed.last else Channel.EMAIL
            by_nobody = RelayAnswer(relay, Answer.REFUSED, "sealed")
            return Handed(claimed, "", "", started_at, started_at, by_nobody)
        workflow_id = workflow_id_of(_PROCEDURE, recipient.subject)
        text = self._write_text(self._links.address(workflow_id, claimed.link_id))
        of = (text.subject, text.text, text.html)
        mail = MailMessage(claimed.message_id, recipient.address, *of, languages=text.languages)
        answer = await relays.hand_over(mail, claimed.last)
        SENDS.labels(Channel.EMAIL, answer.relay, answer.kind).inc()
        return Handed(claimed, workflow_id, domain_of(recipient.address), started_at, self._now(), answer)


class Sending:
    """One run of a sender: as many tasks as connections send, and one writes what was answered meanwhile."""

    def __init__(self, sender: MailingSender, claims: Claims, order: SendOrder) -> None:
        self._sender = sender
        self._claims = claims
        self._order = order
        self._relays = sender.new_relays()
        self._rate = RateLimiter(order.per_second)
        self._loop = asyncio.get_running_loop()
        self._ends_at = self._loop.time() + order.seconds
        self._waiting: deque[Claimed] = deque()
        self._claiming = asyncio.Lock()
        self._left = order.most
        self._unwritten: list[Handed] = []
        self._change = asyncio.Condition()
        self._are_sent = False
        self._answered = 0
        self._relay_fault = ""
        self._error: Exception | None = None
        self._refusal: ApplicationError | None = None  # of answers, which are lost

    async def run(self) -> SendReport:
        """Send until the time is over, nothing waits or no relay is there; return once every answer is written."""
        writing = asyncio.create_task(self._write())
        await asyncio.gather(*(self._send() for _ in range(CONNECTIONS)))
        self._are_sent = True
        async with self._change:
            self._change.notify_all()
        await writing
        if (error := self._refusal or self._error) is not None:
            raise error
        if not self._left and not self._is_over:
            await self._rate.turn()  # or the next run would begin without a wait
        return SendReport(self._answered, self._relay_fault)

    @property
    def _is_over(self) -> bool:
        return bool(self._relay_fault or self._error) or self._loop.time() >= self._ends_at

    async def _send(self) -> None:
        # An error must not cut off the mails that are under way.
        try:
            while (claimed := await self._next()) is not None:
                await self._rate.turn(self._ends_at - self._loop.time())
                if self._is_over:
                    return
                await self._note(await self._sender.hand_over(claimed, self._relays))
        except GatewayUnavailableError as error:
            self._relay_fault = error.reason
        except TimeoutError:
            return  # its turn does not come in this run
        except Exception as error:  # noqa: BLE001 - raised by `run`
            self._error = error

    async def _next(self) -> Claimed | None:
        async with self._claiming:
            if not self._waiting and self._left and not self._is_over:
                self._waiting += await self._claims.take(min(self._left, _CLAIMED_AT_ONCE))
                self._left -= len(self._waiting)
            return self._waiting.popleft() if self._waiting and not self._is_over else None

    async def _note(self, handed: Handed) -> None:
        if handed.answer.relay_fault:
            self._relay_fault = handed.answer.relay_fault
        elif not handed.answer.may_be_taken:  # else nothing was answered
            self._answered += 1
        async with self._change:
            self._unwritten.append(handed)
            self._change.notify_all()
            await self._change.wait_for(lambda: len(self._unwritten) < _MOST_UNWRITTEN)

    async def _write(self) -> None:
        """Write answers as they come: those that come during a transaction are written by the next one."""
        beaten_at = 0.0
        while self._unwritten or not self._are_sent:
            if self._loop.time() - beaten_at > _BEAT_EVERY:
                activity.heartbeat()
                beaten_at = self._loop.time()
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT_EVERY), self._change:
                    await self._change.wait_for(lambda: self._unwritten or self._are_sent)
            if self._unwritten:
                await self._write_some(list(self._unwritten))

    async def _write_some(self, handed: list[Handed]) -> None:
        outcomes, is_late = self._sender.outcomes.values(self._order.mailing, handed), self._error is not None
        try:
            if is_late:
                await self._sender.outcomes.write_late(outcomes)
            else:
                await self._claims.write(outcomes)
        except DatabaseUnavailableError as error:
            self._error = error  # nothing more is sent; what was accepted must not be forgotten
            await asyncio.sleep(_RETRY_AFTER)
            return
        except Exception as error:  # noqa: BLE001 - raised by `run`
            if not is_late:  # by the sender's connection: another one may write it
                self._error = _unavailable(error)
                return
            self._refusal = _refusal(error)
        async with self._change:
            del self._unwritten[: len(handed)]
            self._change.notify_all()


def _unavailable(error: Exception) -> DatabaseUnavailableError:
    unavailable = DatabaseUnavailableError()
    unavailable.__cause__ = error
    return unavailable


def _refusal(error: Exception) -> ApplicationError:
    refusal = ApplicationError(
        "the database has refused what relays answered", type=type(error).__name__, non_retryable=True
    )
    refusal.__cause__ = error
    return refusal
