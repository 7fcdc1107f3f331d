"""Queries and updates for the recovery of a one-time link, the same for every procedure that sends links."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.workflow import UpdateMethodMultiParam

from activities.recoveries import clicks
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.links import LinkRecord
from activities.security.signatures import SigningKey
from election.verdicts import LinkVerdict
from workflows.contracts.messages import LinkStatus, SealedSecret
from workflows.runtime.temporal_calls import (
    QUERY_TIMEOUT,
    UPDATE_TIMEOUT,
    TemporalUnavailableError,
    WorkflowOverError,
    retry_while_busy,
    retry_while_ending,
    time_limit,
)

M = TypeVar("M")
T = TypeVar("T")

# By name: each recovery that sends links has the first, each that shows a secret both.
_STATUS_QUERY = "link"
_END_DISPLAY_UPDATE = "end_display"
_GIVEN_UP = "DatabaseFault"  # the type of an update's failure


class LinkClient:
    """Asks the recovery of a link about it, and sends it the voter's click."""

    def __init__(self, client: Client, signing_key: SigningKey) -> None:
        self._client = client
        self._signing_key = signing_key

    async def secret(self, link_record: LinkRecord) -> SealedSecret | None:
        """Return the sealed secret of a used link while that is displayed; this changes nothing.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        status = await self._status(link_record)
        return status.secret if status else None

    async def is_used(self, link_record: LinkRecord) -> bool:
        """Return whether the recovery of a link has taken a click, which the database may not know yet.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        status = await self._status(link_record)
        return status is not None and status.verdict is LinkVerdict.USED

    async def use(
        self,
        link_record: LinkRecord,
        update: UpdateMethodMultiParam[[Any, M], T],
        message: M,
        click_id: str | None = None,
    ) -> T | LinkVerdict:
        """Send the update that uses up a link, and return its answer, or why the link cannot be used.

        A click that is sent again with the same `click_id` has the answer of the first, for which it waits. A reissue that
        was given up is answered as cancelled: to be sent again, it would have the same answer for ever.

        Raises:
            TemporalUnavailableError: no answer in time; the same browser can send it again.
        """
        handle = self._handle(link_record)
        try:
            return await retry_while_busy(
                lambda: handle.execute_update(update, message, id=click_id, rpc_timeout=UPDATE_TIMEOUT)
            )
        except WorkflowUpdateFailedError as error:
            verdict = _verdict_of(error, click_id)
        except WorkflowOverError:
            verdict = LinkVerdict.UNKNOWN
        return _ending_of(link_record) if verdict is LinkVerdict.UNKNOWN else verdict

    async def use_first(
        self,
        link_record: LinkRecord,
        update: UpdateMethodMultiParam[[Any, M], T],
        message: M,
        click_id: str,
        start: Callable[[], WithStartWorkflowOperation[Any, Any]],
    ) -> T | LinkVerdict:
        """Do as `use` with a mailing's link: the recovery begins with this click, or takes it up if it is running.

        Raises:
            TemporalUnavailableError: no answer in time; the same browser can send it again.
        """
        try:
            return await retry_while_ending(
                lambda: self._client.execute_update_with_start_workflow(
                    update, message, id=click_id, start_workflow_operation=start(), rpc_timeout=UPDATE_TIMEOUT
                )
            )
        except WorkflowUpdateFailedError as error:
            verdict = _verdict_of(error, click_id)
        return _ending_of(link_record) if verdict is LinkVerdict.UNKNOWN else verdict

    async def end_display(self, link_record: LinkRecord) -> None:
        """End the display window early; does nothing when the recovery has ended.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        noted = clicks.signed(self._signing_key, link_record.workflow_id, clicks.EndDisplay(link_record.link_id))
        try:
            await retry_while_busy(
                lambda: self._handle(link_record).execute_update(
                    _END_DISPLAY_UPDATE, noted, rpc_timeout=UPDATE_TIMEOUT
                )
            )
        except (WorkflowOverError, WorkflowUpdateFailedError):
            return

    async def _status(self, link_record: LinkRecord) -> LinkStatus | None:
        """Return what a recovery says of its link, or None when it has ended or never begun."""
        try:
            async with time_limit(QUERY_TIMEOUT):
                status: LinkStatus = await self._handle(link_record).query(
                    _STATUS_QUERY, link_record.link_id, result_type=LinkStatus, rpc_timeout=QUERY_TIMEOUT
                )
        except WorkflowOverError:
            return None
        return status

    def _handle(self, link_record: LinkRecord) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(link_record.workflow_id)


def _verdict_of(error: WorkflowUpdateFailedError, click_id: str | None) -> LinkVerdict:
    if click_id is not None and _type_of(error) == _GIVEN_UP:
        return LinkVerdict.CANCELLED
    if _type_of(error) in {InvalidSignatureError.__name__, _GIVEN_UP}:
        # The keys of the web and of the recoveries are no pair, or another click came first while the database was away: the link
        # is not used. Or an operator gave the reissue up: the next click is told that the link is cancelled.
        raise TemporalUnavailableError from error
    if isinstance(error.cause, ApplicationError) and _type_of(error) == "LinkVerdict":
        return LinkVerdict(error.cause.message)
    return LinkVerdict.CANCELLED


def _type_of(error: WorkflowUpdateFailedError) -> str | None:
    return error.cause.type if isinstance(error.cause, ApplicationError) else None


def _ending_of(link_record: LinkRecord) -> LinkVerdict:
    # A live link whose recovery is not running: an operator terminated it.
    return LinkVerdict.CANCELLED if link_record.ending is LinkVerdict.LIVE else link_record.ending
