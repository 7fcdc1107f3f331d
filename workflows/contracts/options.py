"""Task queues, timeouts and retry policies."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import LocalActivityConfig

from election.faults.portal import REFUSED_STATEMENTS

RECOVERIES = "recoveries"
MESSAGING = "messaging"  # the role; its workers take the two queues below
SMS_SENDS = "messaging-sms"
EMAIL_SENDS = "messaging-email"
MAILINGS = "mailings"  # run by workers of the role `recoveries`
ACTS = "acts"  # of operators, on many recoveries or on an elector; run by workers of the role `recoveries`
ACT_ORDERS = "act-orders"  # the same workers order the recoveries of an act
ROLL = "roll"  # the role that imports rolls, and its queue
MAILING_SENDS = "mailing-sends"  # run by workers of the role `messaging`, apart from what voters wait for
# How long an update of a cached workflow waits for a worker that was killed, before another worker takes the workflow.
STICKY_TASK_TIMEOUT = timedelta(seconds=1)
# How long a recovery waits for its first request, which comes in the same call: it is lost only in a server's crash.
FIRST_REQUEST_TIMEOUT = timedelta(minutes=10)

# These errors are final for a recovery: an envelope whose key is destroyed, an elector who was taken off the roll, a
# message that the web has not signed, an id that is none of ours, a link that was replaced.
FINAL_ERRORS = ("EnvelopeError", "LookupError", "InvalidSignatureError", "InvalidIdError", "LinkVerdict")
# Of a statement that the database refuses: a retry does not help until somebody has mended something.
NON_RETRYABLE = [*FINAL_ERRORS, *REFUSED_STATEMENTS]

# Local activities on our own database: held (`parts/database_calls.py`) after this many attempts, which take five minutes: the
# waits are 0.2 s, doubled up to 30 s. A limit of attempts, since the SDK's core does not end retries by
# `schedule_to_close_timeout` (1.35).
DATABASE_ATTEMPTS = 17
DATABASE_ACTIVITY = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=DATABASE_ATTEMPTS,
        non_retryable_error_types=NON_RETRYABLE,
    ),
)

# A mailing's pages take longer; a statement that fails because an elector is taken off the roll at that moment succeeds the
# next time.
MAILING_ACTIVITY = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=30),
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=DATABASE_ATTEMPTS,
        non_retryable_error_types=[each for each in NON_RETRYABLE if each != "IntegrityError"],
    ),
)

# An objection is not given up, whatever the database says: what it stops may be a theft.
OBJECTION_ACTIVITY = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    local_retry_threshold=timedelta(seconds=10),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=list(FINAL_ERRORS),
    ),
)

# An acceptance without the messaging role's signature comes from another worker: the send is tried again, then held.
TRIES_IF_FORGED = 3
# The pause before a notice is tried again in that case, without an end.
NOTICE_PAUSE_IF_FORGED = timedelta(minutes=5)
# One attempt at a gateway. Every gateway times out earlier, so that an attempt never begins while another one runs.
SEND_TIMEOUT = timedelta(seconds=20)
SEND_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=NON_RETRYABLE,
)
# The notice to the work mailbox is sent even after its relay was down for days.
NOTICE_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    maximum_interval=timedelta(minutes=5),
    non_retryable_error_types=NON_RETRYABLE,
)
