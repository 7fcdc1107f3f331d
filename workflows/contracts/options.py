"""Named timeouts and retries."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import LocalActivityConfig

RECOVERIES = "recoveries"
MESSAGING = "messaging"
CAMPAIGNS = "campaigns"  # of the same role as the recoveries
# After a kill, an update waits this long before another worker takes its workflow.
WORKER_MISSED = timedelta(seconds=1)

# Reads and writes of our own database: tried until it is back; nothing is lost meanwhile.
# What no retry can mend: an envelope whose key is destroyed, an elector taken off the roll, an
# order that did not come through the door.
OWN_DATABASE = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=["EnvelopeError", "LookupError", "InvalidSignatureError"],
    ),
)

# One try at a gateway; both gateways give up before, so that no second try begins while one is under way.
ONE_SEND = timedelta(seconds=20)
SEND_AGAIN = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=15)
)
# The notice to the work mailbox is owed even when its relay is down for days.
NOTICE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5))
