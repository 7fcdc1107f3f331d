"""Queries and updates for the recovery of a one-time link, the same for every procedure that sends links."""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.workflow import UpdateMethodMultiParam

from activities.recoveries.links import LinkRecord
from election.verdicts import LinkVerdict
from web.clients.temporal_calls import (
    QUERY_TIMEOUT,
    UPDATE_TIMEOUT,
    RecoveryNotFoundError,
    retry_while_busy,
    time_limit,
)
from workflows.contracts.messages import LinkStatus

M = TypeVar("M")
T = TypeVar("T")

# By name: each recovery that shows a secret has them.
_STATUS_QUERY = "link"
_END_DISPLAY_UPDATE = "end_display"


class LinkClient:
    """Asks the recovery of a link about it, and sends it the voter's click."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def status(self, link_record: LinkRecord, within: timedelta = QUERY_TIMEOUT) -> LinkStatus:
        """Return whether a link is live, and its sealed secret while that is displayed; this changes nothing.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            async with time_limit(within):
                status: LinkStatus = await self._handle(link_record).query(
                    _STATUS_QUERY, link_record.link_id, result_type=LinkStatus, rpc_timeout=within
                )
        except RecoveryNotFoundError:
            return LinkStatus(_ending_of(link_record))
        # A later recovery of the same elector does not know the links of an earlier one.
        return LinkStatus(_ending_of(link_record)) if status.verdict is LinkVerdict.UNKNOWN else status

    async def use(
        self, link_record: LinkRecord, update: UpdateMethodMultiParam[[Any, M], T], message: M
    ) -> T | LinkVerdict:
        """Send the update that uses up a link, and return its answer, or why the link cannot be used.

        Raises:
            TemporalUnavailableError: no answer in time; the same browser can send it again.
        """
        try:
            return await retry_while_busy(
                lambda: self._handle(link_record).execute_update(update, message, rpc_timeout=UPDATE_TIMEOUT)
            )
        except WorkflowUpdateFailedError as error:
            verdict = _verdict_of(error)
        except RecoveryNotFoundError:
            verdict = LinkVerdict.UNKNOWN
        return _ending_of(link_record) if verdict is LinkVerdict.UNKNOWN else verdict

    async def end_display(self, link_record: LinkRecord) -> None:
        """End the display window early; does nothing when the recovery has ended.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            await retry_while_busy(
                lambda: self._handle(link_record).execute_update(
                    _END_DISPLAY_UPDATE, link_record.link_id, rpc_timeout=UPDATE_TIMEOUT
                )
            )
        except (RecoveryNotFoundError, WorkflowUpdateFailedError):
            return

    def _handle(self, link_record: LinkRecord) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(link_record.workflow_id)


def _verdict_of(error: WorkflowUpdateFailedError) -> LinkVerdict:
    if isinstance(error.cause, ApplicationError) and error.cause.type == "LinkVerdict":
        return LinkVerdict(error.cause.message)
    return LinkVerdict.CANCELLED


def _ending_of(link_record: LinkRecord) -> LinkVerdict:
    # A live link whose recovery is not running: an operator terminated it.
    return LinkVerdict.CANCELLED if link_record.ending is LinkVerdict.LIVE else link_record.ending
