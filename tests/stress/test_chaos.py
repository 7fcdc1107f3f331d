"""A short storm, drawn from a seed so that a failure can be run again (`make chaos` runs a long one)."""

from pathlib import Path

from benchmarks import chaos
from demo.client import electors
from demo.client.running import running

SEED, VOTERS, SECONDS = 7, 12, 15.0


async def test_every_voter_recovers_in_a_storm(tmp_path: Path) -> None:
    """Processes die and gateways are cut at random: each voter votes with a new code, nothing is doubled."""
    with running(tmp_path) as demo:
        people = electors.load(demo.state, VOTERS)
        assert await chaos.run(demo, people, SEED, SECONDS) == []
