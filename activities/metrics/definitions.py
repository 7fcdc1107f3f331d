"""Every metric that our processes register; `docs/metrics.md` explains each, and a test holds both to the same.

No label has a value that somebody typed, or one of which there may be any number: each is from a list in the code, the
settings or the election's file.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# When each series was made, which would double their number: no rule asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library's

REQUESTS = Counter("reassort_requests", "Requests that were answered.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "reassort_request_seconds",
    "Time until an answer begins.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
OPEN_STREAMS = Gauge("reassort_open_streams", "Follow-up pages that this process keeps up to date.")
MOST_STREAMS = Gauge("reassort_most_streams", "Follow-up pages that this process can keep up to date.")
ACCESSES = Counter("reassort_accesses", "Tries to sign in, proofs and requests.", ["access", "outcome"])

SENDS = Counter("reassort_sends", "Messages by what became of them.", ["channel", "gateway", "outcome"])
DELIVERY_SECONDS = Histogram(
    "reassort_delivery_seconds",
    "Time from the first try to send a message until the phone received it or the relay accepted it.",
    ["channel", "gateway"],
    buckets=(1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)

SLOW_GATEWAYS = Gauge("reassort_gateway_slow", "1 while too many SMS of a gateway are slow, else 0.", ["gateway"])

RECOVERIES = Gauge("reassort_recoveries", "Recoveries by their stage.", ["stage"])
FAULTS = Gauge("reassort_recovery_faults", "Living recoveries with a fault.", ["stage", "channel", "cause"])
STUCK = Gauge("reassort_recoveries_stuck", "Recoveries whose workflow's code fails.")
UNJUDGED_SECONDS = Gauge("reassort_oldest_unjudged_seconds", "Age of the oldest request that is not judged.")
UNSENT_SECONDS = Gauge(
    "reassort_oldest_unsent_seconds", "Age of the oldest message that no gateway was handed yet.", ["channel"]
)
HEARTBEAT_AGE_SECONDS = Gauge("reassort_heartbeat_age_seconds", "Age of the last heartbeat of a part.", ["role"])

DATABASE_UP = Gauge("reassort_database_up", "1 while the roll database answers this process, else 0.")
DATABASE_CONNECTIONS = Gauge(
    "reassort_database_connections", "Connections of this process to the roll database that are in use."
)
EVENT_LOOP_LAG_SECONDS = Histogram(
    "reassort_event_loop_lag_seconds",
    "How much later than asked this process's event loop runs what is due.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
CPU_STOLEN_RATIO = Gauge(
    "reassort_cpu_stolen_ratio", "Share of the machine's processor time that its host gave to others."
)
