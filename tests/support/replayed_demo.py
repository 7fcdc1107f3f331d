"""What must be true of every demo that tests have used, when they have done with it."""

from demo.client import demo_internals, replay_check
from demo.client.running import Demo


async def every_recovery_could_be_taken_over(demo: Demo) -> None:
    """Replay whatever has been lived there, so that no order of arrivals goes unseen.

    Raises:
        AssertionError: a run, open or closed, does not replay.
    """
    assert await replay_check.failures(await demo_internals.temporal(demo)) == []
