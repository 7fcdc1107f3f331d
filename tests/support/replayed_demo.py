"""The check at the end of every demo that tests have used: its workflow histories replay."""

from demo.client import demo_internals
from demo.client.running import Demo
from workflows import replay_check


async def assert_every_history_replays(demo: Demo) -> None:
    """Replay the history of every workflow run of the demo, so that each order of events that occurred is checked.

    Raises:
        AssertionError: the history of a run, open or closed, does not replay.
    """
    assert await replay_check.failures(await demo_internals.connect_temporal(demo)) == []
