"""Activities that do as a test says: the real names and dataclasses, without database or gateway."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.config.clock import utc_now
from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.recording import Behaviour
from activities.proofs.judgement import Judgement
from activities.recoveries.requests import ChallengeClaim, OperatorAct, Renewal, Settlement
from activities.recoveries.voting_code import Reissue, Reissued
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import LinkMessage, Notice
from activities.sending.support_desk import SupportLetter
from election.verdicts import LinkVerdict, Verdict
from tests.workflows.scripted.identifier_and_password_script import BothScript

if TYPE_CHECKING:
    from datetime import timedelta

    from activities.recoveries.password import PasswordClaim, PasswordOrder

BOX = "sealed to one browser ".ljust(86, "B") + "=="
ADDRESS = "sealed work address ".ljust(138, "N") + "=="


class Script:
    """What the world does to one recovery, and everything that it was asked."""

    def __init__(self) -> None:
        self.judgements: list[Judgement] = []  # the next ones; TAKEN when there is none
        self.gateway = Behaviour.OK
        self.relay = Behaviour.OK
        self.is_on_the_roll = True
        self.outdone = ""  # the link whose order comes when a newer one's is carried out
        self.claims: list[ChallengeClaim] = []
        self.renewals: list[Renewal] = []
        self.settlements: list[Settlement] = []
        self.retries: list[OperatorAct] = []
        self.cancellations: list[OperatorAct] = []
        self.reissues: list[Reissue] = []
        self.password_claims: list[PasswordClaim] = []
        self.replacements: list[PasswordOrder] = []
        self.tried: list[LinkMessage] = []
        self.sent: list[LinkMessage] = []
        self.notices: list[Notice] = []
        self.letters: list[SupportLetter] = []
        self.letter_again_after: timedelta | None = None  # the workflow's own policy
        self._gates: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def hanging(self, name: str) -> AsyncIterator[None]:
        """Let an activity's answer wait until the block ends."""
        self._gates[name] = gate = asyncio.Event()
        try:
            yield
        finally:
            gate.set()

    async def passes(self, name: str) -> None:
        """Return when the activity is let through."""
        if name in self._gates:
            await self._gates[name].wait()

    def requires(self, link_id: str) -> None:
        """Fail, as the database does, for somebody who was taken off the roll, and for a link that was outdone."""
        if not self.is_on_the_roll:
            raise LookupError("no such elector")
        if link_id == self.outdone:
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)


class World:
    """The scripts of all recoveries, by workflow id."""

    def __init__(self) -> None:
        self._scripts: defaultdict[str, Script] = defaultdict(Script)
        self._both: defaultdict[str, BothScript] = defaultdict(BothScript)

    def of(self, workflow_id: str) -> Script:
        """Return the script of one recovery."""
        return self._scripts[workflow_id]

    def both(self, workflow_id: str) -> BothScript:
        """Return what there is beside it of a recovery of both credentials."""
        return self._both[workflow_id]


class ScriptedRequests:
    """Stands for `Requests`."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def judge_challenge(self, claim: ChallengeClaim) -> Judgement:
        """Return the script's next judgement."""
        script = self._world.of(claim.workflow_id)
        script.claims.append(claim)
        await script.passes("judge_challenge")
        return script.judgements.pop(0) if script.judgements else Judgement(Verdict.TAKEN)

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> None:
        """Keep what was asked."""
        script = self._world.of(renewal.workflow_id)
        script.renewals.append(renewal)
        await script.passes("renew_link")

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Keep what was asked."""
        script = self._world.of(settlement.workflow_id)
        script.settlements.append(settlement)
        await script.passes("settle")

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Keep what was asked."""
        self._world.of(act.workflow_id).retries.append(act)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Keep what was asked."""
        self._world.of(act.workflow_id).cancellations.append(act)


class ScriptedCredentials:
    """Stands for `Credentials`."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a box, or fail as `Script.requires`."""
        script = self._world.of(order.workflow_id)
        script.reissues.append(order)
        await script.passes("reissue_voting_code")
        script.requires(order.link_id)
        return Reissued(BOX, ADDRESS)


class ScriptedMessaging:
    """Stands for `Messaging`; its gateways fail with the real faults."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Take the message, or fail as the script's gateway does."""
        script = self._world.of(message.workflow_id)
        script.tried.append(message)
        await script.passes("send_link")
        _answer(script.gateway, f"recording-{message.channel}")
        script.sent.append(message)
        return Acceptance("recording", utc_now())

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Take the notice, or fail as the script's relay does."""
        script = self._world.of(notice.workflow_id)
        script.notices.append(notice)
        _answer(script.relay, "recording-relay")
        return Acceptance("recording", utc_now())


class ScriptedSupportDesk:
    """Stands for `SupportDesk`; its relay fails as the real one is told of."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def send_letter(self, letter: SupportLetter) -> None:
        """Take the letter, or fail as the script's relay does; even a refusal is tried again."""
        script = self._world.of(letter.workflow_id)
        script.letters.append(letter)
        if script.relay is not Behaviour.OK:
            raise ApplicationError(
                f"recording-{script.relay}", type="GatewayRefusedError", next_retry_delay=script.letter_again_after
            )


def _answer(behaviour: Behaviour, gateway: str) -> None:
    try:
        behaviour.answer(gateway)
    except GatewayRefusedError as error:
        raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
    except GatewayUnavailableError as error:
        raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
