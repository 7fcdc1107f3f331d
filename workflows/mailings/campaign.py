"""2011's mass sending: a one-time link for every elector, at a rate, for hours or days (« électeurs sans notice »)."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Event
from activities.mailings.campaigns import CampaignAct, Campaigns
from workflows.contracts.options import OWN_DATABASE
from workflows.mailings.messages import (
    FASTEST,
    SLOWEST,
    CampaignControl,
    CampaignEnding,
    CampaignOrder,
    CampaignProgress,
    RateControl,
)
from workflows.mailings.roll_pages import RollPages
from workflows.mailings.ui_details import current_details
from workflows.parts.operators import require_name


@workflow.defn
class LinkCampaign:
    """One campaign of an election: nobody is reached twice, nobody forgotten, whatever dies meanwhile."""

    @workflow.init
    def __init__(self, order: CampaignOrder) -> None:
        self._order = order
        self._pages = RollPages(order)
        self._so_far = self._pages.so_far
        self._ending: CampaignEnding | None = None

    @workflow.run
    async def run(self, order: CampaignOrder) -> CampaignProgress:
        """Count, send page after page, look whom that has not reached; return how far it went."""
        if order.so_far is None:
            await self._begin()
        turns = order.turns
        while self._ending is None:
            if turns == 0:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(replace(order, so_far=self._so_far))
            turns -= 1
            await self._may_go_on()
            if self._ending is None:
                self._ending = await self._pages.turn()
            self._tell()
        return await self._end(self._ending)

    @workflow.update(description="Opérateur\u00a0: mettre l’envoi en pause")
    async def pause(self, control: CampaignControl) -> CampaignProgress:
        """Start nobody after the page that is on its way, and return how far the campaign is."""
        self._so_far.paused_since = workflow.now()
        return await self._done(Event.CAMPAIGN_PAUSED, control.operator)

    @pause.validator
    def _can_be_paused(self, control: CampaignControl) -> None:
        self._takes_orders(control.operator)
        if self._so_far.paused_since is not None:
            raise ApplicationError("L’envoi est déjà en pause.", type="PausedAlready")

    @workflow.update(description="Opérateur\u00a0: reprendre l’envoi")
    async def resume(self, control: CampaignControl) -> CampaignProgress:
        """Go on from where the campaign was paused, and return how far it is."""
        self._so_far.paused_since = None
        return await self._done(Event.CAMPAIGN_RESUMED, control.operator)

    @resume.validator
    def _can_be_resumed(self, control: CampaignControl) -> None:
        self._takes_orders(control.operator)
        if self._so_far.paused_since is None:
            raise ApplicationError("L’envoi n’est pas en pause.", type="NotPaused")

    @workflow.update(description="Opérateur\u00a0: changer le débit (liens par seconde)")
    async def set_rate(self, control: RateControl) -> CampaignProgress:
        """Send the next pages at another rate, and return how far the campaign is."""
        self._pages.set_rate(control.per_second)
        return await self._done(Event.CAMPAIGN_PACED, control.operator, f"{control.per_second:g}/s")

    @set_rate.validator
    def _rate_is_possible(self, control: RateControl) -> None:
        self._takes_orders(control.operator)
        require_rate(control.per_second)

    @workflow.update(description="Opérateur\u00a0: arrêter l’envoi\u202f; le relancer passe qui est déjà atteint")
    async def stop(self, control: CampaignControl) -> CampaignProgress:
        """Start nobody after the page that is on its way, and end; links that were sent live on."""
        self._so_far.is_stopped = True
        return await self._done(Event.CAMPAIGN_STOPPED, control.operator)

    @stop.validator
    def _can_be_stopped(self, control: CampaignControl) -> None:
        self._takes_orders(control.operator)

    @workflow.query(description="Où en est l’envoi")
    def progress(self) -> CampaignProgress:
        """Return how far the campaign is."""
        so_far, missing = self._so_far, self._so_far.missing
        stands = self._ending is not None or so_far.paused_since is not None
        return CampaignProgress(
            total=so_far.total,
            reached=so_far.reached,
            percent=100 * (1 - missing / so_far.total) if so_far.total else 100.0 * (self._ending is not None),
            per_second=so_far.per_second,
            remaining=None if stands else self._pages.remaining(),
            paused=so_far.paused_since is not None,
            ended=self._ending,
            since=so_far.paused_since or so_far.begun_at,
        )

    async def _begin(self) -> None:
        require_name(self._order.operator)
        require_rate(self._order.per_second)
        await self._pages.count()
        await self._done(Event.CAMPAIGN_BEGUN, self._order.operator, f"{self._order.per_second:g}/s")

    async def _may_go_on(self) -> None:
        so_far, closes = self._so_far, self._order.closes
        if so_far.paused_since is not None and not so_far.is_stopped:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: so_far.is_stopped or so_far.paused_since is None,
                    timeout=max(closes - workflow.now(), timedelta(0)),
                    timeout_summary="Clôture des demandes",
                )
        if so_far.is_stopped:
            self._ending = CampaignEnding.STOPPED
        elif not self._order.opens <= workflow.now() < closes:
            self._ending = CampaignEnding.CLOSED

    async def _end(self, ending: CampaignEnding) -> CampaignProgress:
        await self._pages.count()
        so_far = self._so_far
        so_far.paused_since = None
        told = f"{so_far.reached} / {so_far.total}"
        progress = await self._done(Event.CAMPAIGN_ENDED, "", told, ending)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return progress

    async def _done(self, event: Event, who: str, detail: str = "", outcome: str = "") -> CampaignProgress:
        self._tell()
        here = workflow.info().workflow_id
        act = CampaignAct(workflow.uuid4().hex, here, event, who, outcome, detail)
        await workflow.execute_local_activity_method(Campaigns.note_campaign, act, **OWN_DATABASE)
        return self.progress()

    def _takes_orders(self, operator: str) -> None:
        require_name(operator)
        if self._ending is not None:
            raise ApplicationError("L’envoi est terminé.", type="EndedAlready")

    def _tell(self) -> None:
        workflow.set_current_details(current_details(self.progress(), self._order.time_zone))


def require_rate(per_second: float) -> None:
    """Refuse a rate at which pages would last too long, or that nothing here can keep.

    Raises:
        ApplicationError: the text says which rates there are.
    """
    if not SLOWEST <= per_second <= FASTEST:
        raise ApplicationError("Indiquez un débit de 0,2 à 1\u202f000 liens par seconde.", type="RateImpossible")
