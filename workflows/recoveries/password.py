"""The recovery of a password (2018, 2022). `run` follows the voter's steps."""

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
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery


@workflow.defn
class PasswordRecovery(LinkRecovery):
    """The recovery for one typed identifier, on the roll or not; the workflow id allows one running recovery at most."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._is_chosen: bool | None = None  # None until the activity has returned

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Deliver a link, wait until a password is chosen with it, and return the ending."""
        await self._wait_for_first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._publish(Stage.REFUSED)
            else:
                await delivery.wait_for_end()
                await self._finish(delivery, is_reissued=await self._wait_until_chosen(delivery))
            # A request that is accepted before the end replaces the link: follow the new one.
            if not await self._wait_for_replacement(delivery):
                return self._progress.stage

    @workflow.signal
    async def submit(self, request: PasswordRequest) -> None:
        """Send a link if the elector is on the roll; a signal, since an answer would reveal who is on the roll."""
        async with self._judging_one_request():
            if not self._was_just_sent():
                await self._judge(request)

    @workflow.update
    async def choose_password(self, choice: ChoosePassword) -> None:
        """Mark the link as used before the first await, and replace the old password with the new one."""
        self._links.spend(choice.link_id)
        delivery = self._links.current
        self._is_chosen = None
        self._publish(Stage.OPENED)
        order = PasswordReplacement(self._id, self._terms.elector_id, choice, self._settled_links())
        try:
            address = await workflow.execute_local_activity_method(
                Passwords.replace_password, order, **DATABASE_ACTIVITY
            )
        except FailureError:  # final: the elector is off the roll, or a newer link was used first
            if not self._is_replaced(delivery):
                self._is_chosen = False
            raise
        self._is_chosen = True
        self._notices.send(self._links.notice(choice.link_id, address))

    @choose_password.validator
    def _link_is_live(self, choice: ChoosePassword) -> None:
        self._links.require_live(choice.link_id)

    async def _judge(self, request: PasswordRequest) -> None:
        link = self._links.new_link()
        claim = PasswordClaim(self._id, self._terms.elector_id, request.request_id, link, self._links.refusal())
        judged = await workflow.execute_local_activity_method(Passwords.judge_password, claim, **DATABASE_ACTIVITY)
        if judged.verdict is Verdict.ACCEPTED:
            self._links.begin(Destination(request.request_id, Channel.EMAIL, judged.contact), link.link_id)

    def _was_just_sent(self) -> bool:
        current = self._links.current
        return bool(current and not current.link.has_ended() and workflow.now() < current.message.send_again_at)

    async def _wait_until_chosen(self, delivery: LinkDelivery) -> bool:
        """Return whether the link was used and the password replaced, once the activity has returned."""
        if delivery.link.ending is not LinkVerdict.USED:
            return False
        await workflow.wait_condition(lambda: self._is_chosen is not None or self._is_replaced(delivery))
        return bool(self._is_chosen)
