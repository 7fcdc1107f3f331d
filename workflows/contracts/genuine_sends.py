"""Sends by the messaging role: what it says of a message counts only with its signature.

Whoever may write to Temporal may run a worker of their own that takes the tasks of the messaging role. It could answer
that a message was accepted and send nothing, or answer what is no acceptance at all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from activities.sending.message_sender import Acceptance
from election.stages import Channel
from workflows.contracts.foreign_answers import read_answer
from workflows.contracts.options import EMAIL_SENDS, SEND_TIMEOUT, SMS_SENDS, TRIES_IF_FORGED

# Errors whose message is one of our own codes; the message of any other error may contain personal data.
_CODED_FAULTS = {"GatewayRefusedError", "GatewayUnavailableError", "EnvelopeError"}
ACCEPTANCE_FORGED = "acceptance-forged"  # the reason of the fault


class ForgedAcceptanceError(Exception):
    """Raised when no answer of a send has the messaging role's signature: another worker took its tasks."""


class SentMessage(Protocol):
    """A message for the messaging role."""

    @property
    def workflow_id(self) -> str:
        """The recovery that sends it."""

    @property
    def message_id(self) -> str:
        """The message's id, with the number of its send."""


@dataclass(frozen=True)
class Retries:
    """How a send is tried again, and who is told when its first try has failed, with the reason and the end of the tries."""

    policy: RetryPolicy
    within: timedelta | None = None
    on_postponed: Callable[[str, datetime], None] | None = None


async def send_genuinely(
    activity: Callable[[Any, Any], Awaitable[Acceptance]],
    message: SentMessage,
    public_key: str,
    *,
    channel: Channel,
    retries: Retries,
    summary: str,
) -> Acceptance:
    """Have a message sent, and return the acceptance that the messaging role has signed.

    Raises:
        ActivityError: no gateway accepted it within the time for retries, or one refused it for good.
        ForgedAcceptanceError: none of a few answers had the signature.
    """

    async def once(policy: RetryPolicy, within: timedelta | None) -> RawValue:
        answer: RawValue = await workflow.execute_activity(
            activity.__name__,
            message,
            result_type=RawValue,
            task_queue=SMS_SENDS if channel is Channel.SMS else EMAIL_SENDS,
            start_to_close_timeout=SEND_TIMEOUT,
            schedule_to_close_timeout=within,
            retry_policy=policy,
            summary=summary,
        )
        return answer

    for _ in range(TRIES_IF_FORGED):
        acceptance = read_answer(await _tried(once, retries), Acceptance)
        if acceptance and acceptance.is_genuine(public_key, message.workflow_id, message.message_id):
            return acceptance
        workflow.logger.error("an answer to a send is not signed by the messaging role")
    raise ForgedAcceptanceError


async def _tried(
    once: Callable[[RetryPolicy, timedelta | None], Awaitable[RawValue]], retries: Retries
) -> RawValue:
    """Return the answer of the first try, or of the server's retries after it.

    The workflow learns nothing of the retries that the server makes, so that the first try is an activity of its own:
    support staff see at once why a message does not leave, and not when the retries end.
    """
    if retries.on_postponed is None or retries.within is None:
        return await once(retries.policy, retries.within)
    end = workflow.now() + retries.within
    try:
        return await once(replace(retries.policy, maximum_attempts=1), retries.within)
    except ActivityError as error:
        if error.retry_state is RetryState.NON_RETRYABLE_FAILURE or workflow.now() >= end:
            raise
        retries.on_postponed(reason_of(error), end)
    await workflow.sleep(retries.policy.initial_interval, summary="Nouvel essai d’envoi")
    return await once(retries.policy, max(end - workflow.now(), timedelta(seconds=1)))


def reason_of(error: ActivityError) -> str:
    """Return why a send has failed: a code of ours, else the name of the error, whose message may be personal."""
    # When the schedule-to-close timeout ends the retries, the last attempt's error is the cause of the timeout.
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError):
            return cause.message if cause.type in _CODED_FAULTS else cause.type or "unknown"
        cause = cause.__cause__
    return "timeout"
