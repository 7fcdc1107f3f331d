"""Starts and controls mailings for operators, and asks how far each is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.mailings.start_order import StartMailing
from activities.security.signatures import SigningKey
from activities.security.signed_orders import OrderT, signed
from console.clients.order_answer import NO_WORKER, OrderAnswer, answered
from election.settings import Election
from workflows.contracts.orders import Control
from workflows.mailings.messages import MailingInput, MailingProgress, RetryFailed, mailing_id
from workflows.mailings.starting import (
    RETRY_ANSWERED_WITHIN,
    mailing_handle,
    make_mailing_input,
    retry_failed,
    start_mailing,
)
from workflows.runtime.temporal_calls import (
    UPDATE_TIMEOUT,
    TemporalUnavailableError,
    WorkflowOverError,
    time_limit,
)

_QUERY_WITHIN = timedelta(seconds=2)
_UNENDED = "WorkflowType = 'Mailing' AND ExecutionStatus = 'Running'"
_OVER = "Cet envoi n’est pas en cours\u00a0: il n’a pas commencé, ou il est terminé."
_RUNNING = "Cet envoi est déjà en cours."


class MailingOrders:
    """Gives orders for the mailings of an election, signed; a mailing checks the signature before anything happens."""

    def __init__(
        self, client: Client, election: Election, signing_key: SigningKey, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._election = election
        self._signing_key = signing_key
        self._now = now

    async def progress(self, name: str) -> MailingProgress | None:
        """Return the progress of a mailing, or None when it has not begun or no worker answers."""
        asked = mailing_handle(self._client, self._election, name).query("progress", result_type=MailingProgress)
        try:
            async with time_limit(_QUERY_WITHIN):
                progress: MailingProgress = await asked
        except (WorkflowOverError, TemporalUnavailableError):
            return None
        return progress

    async def ordered_at(self, name: str) -> datetime | None:
        """Return when a mailing that has not ended was ordered, also before a worker has begun it, or None when there is none.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        try:
            async with time_limit(_QUERY_WITHIN):
                found = await mailing_handle(self._client, self._election, name).describe()
        except WorkflowOverError:
            return None
        return found.start_time if found.status is WorkflowExecutionStatus.RUNNING else None

    async def unended(self) -> dict[str, datetime]:
        """Return when each mailing that has not ended was ordered, by name, also those that no worker has begun.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        prefix = mailing_id(self._election.id, "")
        async with time_limit(_QUERY_WITHIN):
            found = [each async for each in self._client.list_workflows(_UNENDED)]
        return {each.id.removeprefix(prefix): each.start_time for each in found if each.id.startswith(prefix)}

    async def start(self, name: str, operator: str, per_second: float) -> OrderAnswer:
        """Start a mailing, unless it is running."""
        try:
            async with time_limit(UPDATE_TIMEOUT):
                await start_mailing(self._client, self._election, self._input(name, operator, per_second))
        except WorkflowAlreadyStartedError:
            return OrderAnswer(is_done=False, sentence=_RUNNING)
        except TemporalUnavailableError:
            return OrderAnswer(is_done=False, sentence=NO_WORKER)
        return OrderAnswer(is_done=True)

    async def control(self, name: str, order: Control) -> OrderAnswer:
        """Pause, resume, slow or stop a mailing, and return what came of it."""
        mailing, given = mailing_handle(self._client, self._election, name), self._signed(name, order)
        return await answered(lambda: mailing.execute_update(given.act, given), over=_OVER)

    async def retry(self, name: str, operator: str, cause: str, per_second: float) -> OrderAnswer:
        """Send again what has failed for a cause; a mailing that has ended begins again for that, at this rate."""
        begun = self._input(name, operator, per_second)
        given = self._signed(name, RetryFailed(operator, cause))
        return await answered(
            lambda: retry_failed(self._client, self._election, begun, given),
            over=_OVER,
            within=RETRY_ANSWERED_WITHIN,
        )

    def _input(self, name: str, operator: str, per_second: float) -> MailingInput:
        return make_mailing_input(self._election, name, self._signed(name, StartMailing(operator, per_second)))

    def _signed(self, name: str, order: OrderT) -> OrderT:
        return signed(self._signing_key, mailing_id(self._election.id, name), order, self._now())
