"""Random faults from a seed, so that a failure can be repeated (`make chaos` runs more of them)."""

from pathlib import Path

from benchmarks import chaos
from demo.client import electors
from demo.client.running import running

SEED, VOTERS, SECONDS = 7, 12, 15.0


async def test_every_voter_recovers_under_random_faults(tmp_path: Path) -> None:
    """While processes are killed and gateways fail, each voter votes with a new code; all invariants hold."""
    with running(tmp_path) as demo:
        people = electors.load(demo.state, VOTERS)
        assert await chaos.run(demo, people, SEED, SECONDS) == []
