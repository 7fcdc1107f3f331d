"""Fixtures of the SMPP tests: the demo's message centre, and a gateway that is bound to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from activities.gateways.sms.smpp import SmppGateway
from tests.support.clock import Clock
from tests.support.smpp_server import SmppSetup
from tests.support.waiting import running


@pytest.fixture
def smpp_setup(tmp_path: Path, now: Clock) -> SmppSetup:
    """A message centre that is not running yet."""
    return SmppSetup(tmp_path, now)


@pytest_asyncio.fixture
async def gateway(smpp_setup: SmppSetup) -> AsyncIterator[SmppGateway]:
    """A gateway and a message centre, both running."""
    gateway = smpp_setup.gateway()
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        yield gateway
