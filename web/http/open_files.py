"""How many connections this process can hold open: each takes a file of the system's limit."""

import resource

import structlog

_log = structlog.stdlib.get_logger(__name__)
OTHER_FILES = 500  # ordinary requests, the database, static files


def streams_within(wanted: int) -> int:
    """Return how many event streams this process can serve, `wanted` if the limit of open files is high enough.

    The soft limit is raised to the hard one, which only root raises.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    streams = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - OTHER_FILES)
    if streams < wanted and structlog.is_configured():
        _log.warning("open_files_limit", limit=hard, streams=streams, wanted=wanted)
    return max(streams, 1)
