"""Task queues, timeouts and retry policies."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import LocalActivityConfig

RECOVERIES = "recoveries"
MESSAGING = "messaging"
CAMPAIGNS = "campaigns"  # run by workers of the role `recoveries`
# How long an update of a cached workflow waits for a worker that was killed, before another worker takes the workflow.
STICKY_TASK_TIMEOUT = timedelta(seconds=1)

# Local activities on our own database: retried until it answers. Three errors are final: an envelope whose key
# is destroyed, an elector who was taken off the roll, a message that the web has not signed.
DATABASE_ACTIVITY = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=["EnvelopeError", "LookupError", "InvalidSignatureError"],
    ),
)

# One attempt at a gateway. Both gateways time out earlier, so that an attempt never begins while another one runs.
SEND_TIMEOUT = timedelta(seconds=20)
SEND_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=15)
)
# The notice to the work mailbox is sent even after its relay was down for days.
NOTICE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5))
