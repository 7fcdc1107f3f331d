"""The script of one recovery: a test sets the results of its activities, and reads the recorded arguments."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from temporalio.exceptions import ApplicationError

from activities.acts.bulk_items import ClaimedItem
from activities.acts.elector_acts import ElectorActed
from activities.gateways.recording import GatewayMode
from election.recovery_terms import RecoveryTerms
from election.verdicts import LinkVerdict, Verdict

if TYPE_CHECKING:
    from datetime import timedelta

    from activities.acts.bulk_items import ItemClaim
    from activities.acts.elector_acts import ElectorClaim
    from activities.proofs.judgement import JudgedRequest
    from activities.recoveries.notices import Notice
    from activities.recoveries.objection import ObjectionOrder
    from activities.recoveries.requests import Renewal
    from activities.recoveries.settlements import EndingClaim, Extension, FailedSend, OperatorAct, UnsentLink
    from activities.recoveries.unactivated_identifiers import IdentifierActivation
    from activities.roll_uploads.orders import CheckClaim, DecisionClaim
    from activities.routing.console_orders import GatewayClaim
    from activities.sending.bureau_desk import BureauNews
    from activities.sending.messaging import IdentifierMessage, LinkMessage
    from activities.sending.sign_in_code import SealedCodeMail
    from activities.sending.support_desk import SupportLetter


class Script:
    """The results and the recorded arguments of one recovery's activities."""

    def __init__(self) -> None:
        self.judgements: list[JudgedRequest] = []  # the next results; ACCEPTED when the list is empty
        self.verdicts: list[Verdict] = []  # the same, for activities that return a verdict alone
        self.terms: RecoveryTerms | None = None  # what the judgement brings
        self.gateway = GatewayMode.OK  # for links
        self.identifier_gateway = GatewayMode.OK
        self.relay = GatewayMode.OK  # for notices and letters
        self.letter_retry_delay: timedelta | None = None  # of letters and news; None: the workflow's retry policy
        self.is_on_the_roll = True
        self.others: list[str] = []  # the elector's other recoveries
        self.was_objected = False
        self.objection = LinkVerdict.LIVE  # the answer to an objection
        self.request_notice = ""  # the sealed address of a request's notice (2018)
        self.claimed = ClaimedItem(is_claimed=False)  # what an act orders
        self.acted = ElectorActed(is_known=True, number=3)  # what an act for an elector does
        self.is_replaced = False  # a newer identifier has replaced this recovery's
        self.replaced_link = ""  # the id of a link whose reissue comes after a newer link's
        self.mailed_links: dict[str, LinkVerdict] = {}  # by the id of a mailing's link
        # The types depend on the procedure.
        self.claims: list[Any] = []
        self.reissues: list[Any] = []
        self.settlements: list[Any] = []
        self.password_claims: list[EndingClaim] = []
        self.objection_claims: list[EndingClaim] = []
        self.renewals: list[Renewal] = []
        self.unsent: list[UnsentLink] = []
        self.failed_sends: list[FailedSend] = []
        self.retries: list[OperatorAct] = []
        self.refused_retries: list[OperatorAct] = []
        self.cancellations: list[OperatorAct] = []
        self.extensions: list[Extension] = []
        self.item_claims: list[ItemClaim] = []
        self.act_claims: list[ElectorClaim | GatewayClaim] = []
        self.roll_claims: list[CheckClaim | DecisionClaim] = []
        self.roll_news: BureauNews | None = None  # what the bureau is told of a confirmed file
        self.activations: list[IdentifierActivation] = []
        self.tried: list[LinkMessage] = []
        self.sent: list[LinkMessage] = []
        self.identifiers_tried: list[IdentifierMessage] = []
        self.identifiers_sent: list[IdentifierMessage] = []
        self.notices: list[Notice] = []
        self.letters: list[SupportLetter] = []
        self.code_mails: list[SealedCodeMail] = []
        self.news: list[BureauNews] = []
        self.objections: list[ObjectionOrder] = []
        # The error that an activity raises after it was released, by the activity's name: the name of the error's class.
        self.errors: dict[str, str] = {}
        self.forged_answers: list[Any] = []  # what another worker answers in the place of the messaging role
        self._gates: dict[str, asyncio.Event] = {}

    def hold(self, name: str) -> asyncio.Event:
        """Make an activity wait until it is released; return the event that releases these calls alone."""
        self._gates[name] = gate = asyncio.Event()
        return gate

    def release(self, name: str) -> None:
        """Release an activity."""
        self._gates[name].set()

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        """Make an activity wait until the block ends."""
        gate = self.hold(name)
        try:
            yield
        finally:
            gate.set()

    async def wait_until_released(self, name: str) -> None:
        """Return when the activity is not held, or raise its scripted error."""
        if name in self._gates:
            await self._gates[name].wait()
        if name in self.errors:
            raise ApplicationError("scripted", type=self.errors[name])

    def require_terms(self) -> RecoveryTerms:
        """Return the terms of the recovery, which its voter has set."""
        assert self.terms is not None
        return self.terms

    def next_verdict(self, refusal: Verdict | None) -> Verdict:
        """Return the claim's refusal, or the next scripted verdict."""
        return refusal or (self.verdicts.pop(0) if self.verdicts else Verdict.ACCEPTED)

    def require_elector(self) -> None:
        """Raise the error of an elector who was taken off the roll, if the script says so."""
        if not self.is_on_the_roll:
            raise LookupError("no such elector")

    def require_newest_link(self, link_id: str) -> None:
        """Raise the same, or the error of a link whose reissue comes after a newer link's."""
        self.require_elector()
        if link_id == self.replaced_link:
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)


class Scripts:
    """The scripts of all recoveries, by workflow id."""

    def __init__(self) -> None:
        self._scripts: defaultdict[str, Script] = defaultdict(Script)

    def of(self, workflow_id: str) -> Script:
        """Return the script of one recovery."""
        return self._scripts[workflow_id]

    @property
    def all(self) -> list[Script]:
        """Every script that was asked for."""
        return list(self._scripts.values())
