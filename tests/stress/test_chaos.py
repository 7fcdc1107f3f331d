"""Random faults from a seed, so that a failure can be repeated (`make chaos` runs more of them)."""

from benchmarks import chaos
from demo.client import electors
from demo.client.running import Demo
from tests.support.waiting import until

SEED, VOTERS, SECONDS = 7, 8, 15.0  # web and PostgreSQL are killed, and the SMS gateway is silent, then late
FIRST = 800_000  # other electors than those of the other tests


async def test_every_voter_recovers_under_random_faults(stress_demo: Demo) -> None:
    """While processes are killed and gateways fail, each voter votes with a new code; all invariants hold."""
    people = electors.load(stress_demo.state, VOTERS, FIRST)
    assert await chaos.run(stress_demo, people, SEED, SECONDS) == []
    await until(stress_demo.is_healthy, within=40)
