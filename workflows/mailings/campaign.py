"""The campaign of 2011: sends every elector a one-time link, at a given rate, over hours or days (« électeurs sans notice »)."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Event
from activities.mailings.campaigns import CampaignAct, Campaigns
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.mailings.messages import (
    MAX_RATE,
    MIN_RATE,
    CampaignControl,
    CampaignEnding,
    CampaignInput,
    CampaignProgress,
    RateControl,
)
from workflows.mailings.paged_sending import PagedSending
from workflows.mailings.ui_details import current_details
from workflows.parts.operators import require_name


@workflow.defn
class LinkCampaign:
    """One campaign of an election: it reaches each elector once, also when workers or servers are killed meanwhile."""

    @workflow.init
    def __init__(self, campaign_input: CampaignInput) -> None:
        self._input = campaign_input
        self._pages = PagedSending(campaign_input)
        self._state = self._pages.state
        self._ending: CampaignEnding | None = None

    @workflow.run
    async def run(self, campaign_input: CampaignInput) -> CampaignProgress:
        """Count the electors, send page after page, check who was reached, and return the final progress."""
        if campaign_input.state is None:
            await self._begin()
        steps_left = campaign_input.steps_per_run
        while self._ending is None:
            if steps_left == 0:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(replace(campaign_input, state=self._state))
            steps_left -= 1
            await self._wait_while_paused()
            if self._ending is None:
                self._ending = await self._pages.step()
            self._show_details()
        return await self._end(self._ending)

    @workflow.update(description="Opérateur\u00a0: mettre l’envoi en pause")
    async def pause(self, control: CampaignControl) -> CampaignProgress:
        """Pause after the page that is being sent, and return the progress."""
        self._state.paused_since = workflow.now()
        return await self._journal(Event.CAMPAIGN_PAUSED, control.operator)

    @pause.validator
    def _can_be_paused(self, control: CampaignControl) -> None:
        self._require_running(control.operator)
        if self._state.paused_since is not None:
            raise ApplicationError("L’envoi est déjà en pause.", type="PausedAlready")

    @workflow.update(description="Opérateur\u00a0: reprendre l’envoi")
    async def resume(self, control: CampaignControl) -> CampaignProgress:
        """Go on where the campaign was paused, and return the progress."""
        self._state.paused_since = None
        return await self._journal(Event.CAMPAIGN_RESUMED, control.operator)

    @resume.validator
    def _can_be_resumed(self, control: CampaignControl) -> None:
        self._require_running(control.operator)
        if self._state.paused_since is None:
            raise ApplicationError("L’envoi n’est pas en pause.", type="NotPaused")

    @workflow.update(description="Opérateur\u00a0: changer le débit (liens par seconde)")
    async def set_rate(self, control: RateControl) -> CampaignProgress:
        """Send the next pages at another rate, and return the progress."""
        self._pages.set_rate(control.per_second)
        return await self._journal(Event.CAMPAIGN_PACED, control.operator, f"{control.per_second:g}/s")

    @set_rate.validator
    def _rate_is_possible(self, control: RateControl) -> None:
        self._require_running(control.operator)
        _require_rate(control.per_second)

    @workflow.update(description="Opérateur\u00a0: arrêter l’envoi\u202f; le relancer passe qui est déjà atteint")
    async def stop(self, control: CampaignControl) -> CampaignProgress:
        """End after the page that is being sent, and return the progress; links that were sent stay valid."""
        self._state.is_stopped = True
        return await self._journal(Event.CAMPAIGN_STOPPED, control.operator)

    @stop.validator
    def _can_be_stopped(self, control: CampaignControl) -> None:
        self._require_running(control.operator)

    @workflow.query(description="Où en est l’envoi")
    def progress(self) -> CampaignProgress:
        """Return the progress of the campaign."""
        state, missing = self._state, self._state.missing
        is_halted = self._ending is not None or state.paused_since is not None
        return CampaignProgress(
            total=state.total,
            reached=state.reached,
            percent=100 * (1 - missing / state.total) if state.total else 100.0 * (self._ending is not None),
            per_second=state.per_second,
            remaining=None if is_halted else self._pages.remaining(),
            is_paused=state.paused_since is not None,
            ending=self._ending,
            since=state.paused_since or state.begun_at,
        )

    async def _begin(self) -> None:
        require_name(self._input.operator)
        _require_rate(self._input.per_second)
        await self._pages.count()
        await self._journal(Event.CAMPAIGN_BEGUN, self._input.operator, f"{self._input.per_second:g}/s")

    async def _wait_while_paused(self) -> None:
        state, closes = self._state, self._input.closes
        if state.paused_since is not None and not state.is_stopped:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: state.is_stopped or state.paused_since is None,
                    timeout=max(closes - workflow.now(), timedelta(0)),
                    timeout_summary="Clôture des demandes",
                )
        if state.is_stopped:
            self._ending = CampaignEnding.STOPPED
        elif not self._input.opens <= workflow.now() < closes:
            self._ending = CampaignEnding.CLOSED

    async def _end(self, ending: CampaignEnding) -> CampaignProgress:
        await self._pages.count()
        state = self._state
        state.paused_since = None
        counts = f"{state.reached} / {state.total}"
        progress = await self._journal(Event.CAMPAIGN_ENDED, "", counts, ending)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return progress

    async def _journal(self, event: Event, operator: str, detail: str = "", outcome: str = "") -> CampaignProgress:
        self._show_details()
        act = CampaignAct(workflow.uuid4().hex, workflow.info().workflow_id, event, operator, outcome, detail)
        await workflow.execute_local_activity_method(Campaigns.note_campaign, act, **DATABASE_ACTIVITY)
        return self.progress()

    def _require_running(self, operator: str) -> None:
        require_name(operator)
        if self._ending is not None:
            raise ApplicationError("L’envoi est terminé.", type="EndedAlready")

    def _show_details(self) -> None:
        workflow.set_current_details(current_details(self.progress(), self._input.time_zone))


def _require_rate(per_second: float) -> None:
    """Return if a campaign can have this rate.

    Raises:
        ApplicationError: pages would last too long, or no deployment could keep the rate; the text names the limits.
    """
    if not MIN_RATE <= per_second <= MAX_RATE:
        raise ApplicationError("Indiquez un débit de 0,2 à 1\u202f000 liens par seconde.", type="RateImpossible")
