"""A password, forgotten and chosen anew (2018, 2022). `run` reads as the voter lives it."""

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.password import (
    ChoosePassword,
    PasswordClaim,
    PasswordReplacement,
    PasswordRequest,
    Passwords,
)
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import RecoveryTerms
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery


@workflow.defn
class PasswordRecovery(LinkRecovery):
    """The recovery of the password of a typed identifier, on the roll or not: one lives at most, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._is_chosen: bool | None = None  # None until the database has answered

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Ask, receive a link, choose a password, done; return how it ended."""
        await self._first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.link_ends()
                await self._finish(delivery, is_reissued=await self._password_was_chosen(delivery))
            # A newer request, taken at any moment before the end, opens another turn.
            if not await self._is_replaced_at_last(delivery):
                return self._progress.stage

    @workflow.signal
    async def submit(self, request: PasswordRequest) -> None:
        """Send a link to an elector on the roll; a signal, since an answer would tell who is on it."""
        async with self._one_request():
            if not self._just_sent():
                await self._take(request)

    @workflow.update
    async def choose(self, choice: ChoosePassword) -> None:
        """Spend the link before the first await, and replace the old password by the new one."""
        self._links.spend(choice.link_id)
        delivery = self._links.current
        self._is_chosen = None
        self._show(Stage.OPENED)
        order = PasswordReplacement(self._id, self._terms.elector_id, choice, self._settled_links())
        try:
            address = await workflow.execute_local_activity_method(
                Passwords.replace_password, order, **OWN_DATABASE
            )
        except FailureError:  # what no retry mends: the elector was taken off the roll, or a newer link came first
            if not self._is_replaced(delivery):
                self._is_chosen = False
            raise
        self._is_chosen = True
        self._notices.send(self._links.notice(choice.link_id, address))

    @choose.validator
    def _link_is_live(self, choice: ChoosePassword) -> None:
        self._links.require_live(choice.link_id)

    async def _take(self, request: PasswordRequest) -> None:
        link = self._links.new_link()
        claim = PasswordClaim(self._id, self._terms.elector_id, request.request_id, link, self._links.refusal())
        judged = await workflow.execute_local_activity_method(Passwords.judge_password, claim, **OWN_DATABASE)
        if judged.verdict is Verdict.TAKEN:
            self._links.begin(Destination(request.request_id, Channel.EMAIL, judged.contact), link.link_id)

    def _just_sent(self) -> bool:
        current = self._links.current
        return bool(current and not current.link.has_ended() and workflow.now() < current.message.again_at)

    async def _password_was_chosen(self, delivery: LinkDelivery) -> bool:
        """Return whether a used link brought a new password, once the database has answered."""
        if delivery.link.ending is not LinkVerdict.USED:
            return False
        await workflow.wait_condition(lambda: self._is_chosen is not None or self._is_replaced(delivery))
        return bool(self._is_chosen)
