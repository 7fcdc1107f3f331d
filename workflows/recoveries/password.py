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
from workflows.contracts.messages import LinkStatus
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery


@workflow.defn
class PasswordRecovery(LinkRecovery):
    """The recovery for one typed identifier, on the roll or not; the workflow id allows one running recovery at most."""

    def __init__(self) -> None:
        super().__init__()
        self._is_chosen: bool | None = None  # None until the activity has returned

    @workflow.run
    async def run(self) -> Stage:
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
        async with self._logging_failures(), self._judging_one_request():
            # A repeated request gets no second link, and needs no answer: the page says the same to everyone.
            current = self._links.current
            if current is None or current.message.too_soon() is None:
                await self._judge(request)

    @workflow.update
    async def choose_password(self, choice: ChoosePassword) -> None:
        """Mark the link as used before the first await, and replace the old password with the new one."""
        self._links.spend(choice.link_id)
        delivery = self._links.current
        self._is_chosen = None
        self._publish(Stage.OPENED)
        order = PasswordReplacement(self._id, self._terms().elector_id, choice, self._settled_links())
        try:
            replaced = await self._database.run(Passwords.replace_password, order)
        except FailureError:  # final: the elector is off the roll, or a newer link was used first
            self._links.fail(choice.link_id)
            if not self._is_replaced(delivery):
                self._is_chosen = False
            raise
        self._is_chosen = True
        self._notices.send(self._links.notice(choice.link_id, replaced.notice))
        self._others.tell(replaced.others)

    @choose_password.validator
    def _link_is_live(self, choice: ChoosePassword) -> None:
        self._require_usable(choice)

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return the verdict on a link."""
        return LinkStatus(self._links.verdict(link_id))

    async def _judge(self, request: PasswordRequest) -> None:
        link = self._links.new_link()
        refusal = self._links.refusal()
        verdict = refusal.verdict if refusal else None
        claim = PasswordClaim(self._id, request.elector_id, request.request_id, link, verdict)
        judged = await self._judge_by(Passwords.judge_password, claim)
        if judged.verdict is Verdict.ACCEPTED:
            self._terms.agree(judged.terms)
            to = Destination(request.request_id, Channel.EMAIL, judged.contact, language=request.language)
            self._links.begin(to, link.link_id)

    async def _wait_until_chosen(self, delivery: LinkDelivery) -> bool:
        """Return whether the link was used and the password replaced, once the activity has returned."""
        if delivery.link.ending is not LinkVerdict.USED:
            return False
        await workflow.wait_condition(lambda: self._is_chosen is not None or self._is_replaced(delivery))
        return bool(self._is_chosen)
