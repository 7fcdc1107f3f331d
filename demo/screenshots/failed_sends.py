"""Recoveries in the states that an operator acts on, made by voters of the demo."""

import asyncio
import re
from pathlib import Path

from demo.client.browsers import signed_in_voters
from demo.client.recovery_drivers import request_identifier
from demo.client.running import Demo
from demo.client.voter import Voter
from demo.state.people import people
from election.stages import Stage

_ELECTION = Path(__file__).parents[2] / "election" / "demo.toml"
_RETRY_FOR = re.compile(r"^retry_for = .*$", re.MULTILINE)
_WITHIN = 90.0  # seconds
_EVERY = 0.2


def write_election(file: Path) -> None:
    """Write the demo's election, in which a send has failed after twenty seconds of an outage instead of an hour."""
    file.write_text(_RETRY_FOR.sub('retry_for = "PT20S"', _ELECTION.read_text(encoding="utf-8")), encoding="utf-8")


def prepare(demo: Demo) -> None:
    """Let voters ask: a number is refused, two messages arrive, a mailbox is full, and three SMS fail in an outage.

    Raises:
        TimeoutError: a recovery did not come to its state in time.
    """
    asyncio.run(_prepare(demo))


async def _prepare(demo: Demo) -> None:
    everyone = [each.public() for each in people()]
    # The first asks for the README's picture of a code, the second for that of a failed send.
    async with signed_in_voters(demo.url, [*everyone[2:], everyone[1]]) as voters:
        refused, waiting, by_mail, *in_outage, by_identity = voters
        demo.gateways(sms="refuse", email="full")
        await refused.ask()
        await by_mail.ask("email")
        await _reach([refused, by_mail], Stage.HELD)
        demo.gateways(sms="ok", email="ok")
        await request_identifier(by_identity)
        await waiting.ask()
        await _reach([waiting], Stage.SENT)
        demo.gateways(sms="down")
        for voter in in_outage:
            await voter.ask()
        await _reach(in_outage, Stage.HELD)
        demo.gateways(sms="ok")


async def _reach(voters: list[Voter], stage: Stage) -> None:
    async with asyncio.timeout(_WITHIN):
        for voter in voters:
            while await voter.stage() != stage:  # noqa: ASYNC110 - another process has the recovery
                await asyncio.sleep(_EVERY)
