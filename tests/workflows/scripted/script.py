"""What activities answer to one recovery, and everything that they were asked: a test sets the first and reads the second."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from temporalio.exceptions import ApplicationError

from activities.gateways.recording import GatewayMode
from election.verdicts import LinkVerdict, Verdict

if TYPE_CHECKING:
    from datetime import timedelta

    from activities.proofs.judgement import Judgement
    from activities.recoveries.requests import OperatorAct, Renewal
    from activities.recoveries.unactivated_identifiers import Activation
    from activities.sending.messaging import IdentifierMessage, LinkMessage, Notice
    from activities.sending.support_desk import SupportLetter


class Script:
    """The answers to one recovery, of whichever procedure, and what its activities were asked."""

    def __init__(self) -> None:
        self.judgements: list[Judgement] = []  # the next ones; TAKEN when there is none
        self.verdicts: list[Verdict] = []  # the same, of activities that return no pause
        self.gateway = GatewayMode.OK  # for links
        self.identifier_gateway = GatewayMode.OK
        self.relay = GatewayMode.OK  # for notices and letters
        self.letter_again_after: timedelta | None = None  # the workflow's own policy
        self.is_on_the_roll = True
        self.is_superseded = False  # another procedure has drawn a newer identifier
        self.replaced_link = ""  # a newer link's order has been carried out before this one's
        # Of the procedure's own types.
        self.claims: list[Any] = []
        self.reissues: list[Any] = []
        self.settlements: list[Any] = []
        self.renewals: list[Renewal] = []
        self.retries: list[OperatorAct] = []
        self.cancellations: list[OperatorAct] = []
        self.activations: list[Activation] = []
        self.tried: list[LinkMessage] = []
        self.sent: list[LinkMessage] = []
        self.identifiers_tried: list[IdentifierMessage] = []
        self.identifiers_sent: list[IdentifierMessage] = []
        self.notices: list[Notice] = []
        self.letters: list[SupportLetter] = []
        self._gates: dict[str, asyncio.Event] = {}

    def hold(self, name: str) -> None:
        """Make an activity's answer wait until it is released."""
        self._gates[name] = asyncio.Event()

    def release(self, name: str) -> None:
        """Let an activity answer."""
        self._gates[name].set()

    @asynccontextmanager
    async def hanging(self, name: str) -> AsyncIterator[None]:
        """Make an activity's answer wait until the block ends."""
        self.hold(name)
        try:
            yield
        finally:
            self.release(name)

    async def passes(self, name: str) -> None:
        """Return when the activity may answer."""
        if name in self._gates:
            await self._gates[name].wait()

    def next_verdict(self, refusal: Verdict | None) -> Verdict:
        """Return a claim's refusal, or the next verdict."""
        return refusal or (self.verdicts.pop(0) if self.verdicts else Verdict.TAKEN)

    def requires_elector(self) -> None:
        """Raise what the database does for an elector who was taken off the roll."""
        if not self.is_on_the_roll:
            raise LookupError("no such elector")

    def requires_newest(self, link_id: str) -> None:
        """Raise the same, or what the database does for a link whose order comes after a newer link's."""
        self.requires_elector()
        if link_id == self.replaced_link:
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)


class Scripts:
    """The scripts of all recoveries, by workflow id."""

    def __init__(self) -> None:
        self._scripts: defaultdict[str, Script] = defaultdict(Script)

    def of(self, workflow_id: str) -> Script:
        """Return the script of one recovery."""
        return self._scripts[workflow_id]
