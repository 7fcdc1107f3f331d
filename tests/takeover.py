"""What must be true of every demo that tests have used, when they have done with it."""

from benchmarks import backstage, takeover
from tests.running import Demo


async def every_recovery_could_be_taken_over(demo: Demo) -> None:
    """Replay whatever has been lived there, so that no order of arrivals goes unseen.

    Raises:
        AssertionError: a run, open or closed, does not replay.
    """
    assert await takeover.failures(await backstage.temporal(demo)) == []
