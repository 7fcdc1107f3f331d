"""Two demos that run for the whole session, as `make run` starts them, and browsers for their voters."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest
import pytest_asyncio

from demo.client.running import Demo, running
from tests.journeys.demo_people import Browse, DemoPeople, Operator, SeenSecrets
from tests.journeys.held_back_messages import release
from tests.support.demo_election import write_election
from tests.support.replayed_demo import assert_every_history_replays

# Tests share the people, so that a request of one test must not wait for another's.
_NO_WAIT: dict[str, str | int] = {"between_sends": "PT0S"}
# Minutes become seconds; everything else is as in the demo's election.
_SHORT_DURATIONS: dict[str, str | int] = {
    "display_window": "PT6S",
    "email_lifetime": "PT30S",
    "late_after": "PT10S",
    "max_sends": 100,
    "first_wait": "PT20S",
}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as `make run` starts it, but for the wait between two requests of one elector."""
    folder = tmp_path_factory.mktemp("demo")
    with running(folder / "run", REASSORT_ELECTION=str(write_election(folder, _NO_WAIT))) as demo:
        yield demo
        asyncio.run(assert_every_history_replays(demo))


@pytest.fixture(scope="session")
def fast_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of an election whose durations are seconds instead of minutes."""
    folder = tmp_path_factory.mktemp("fast_demo")
    election = write_election(folder, _NO_WAIT | _SHORT_DURATIONS, {"proof_attempts": 'first_wait = "PT20S"'})
    with running(folder / "run", REASSORT_ELECTION=str(election)) as demo:
        yield demo
        asyncio.run(assert_every_history_replays(demo))


@pytest.fixture(scope="session")
def seen_secrets() -> SeenSecrets:
    """The secrets that voters have seen so far, by the demo's URL."""
    return defaultdict(set)


@pytest.fixture(scope="session")
def ssl_context() -> ssl.SSLContext:
    """The certificates of all browsers, loaded once because it takes longer than a request."""
    return ssl.create_default_context()


@pytest_asyncio.fixture
async def browse(ssl_context: ssl.SSLContext) -> AsyncIterator[Browse]:
    """A function that opens browsers which follow no redirect; all are closed after the test."""
    async with AsyncExitStack() as stack:

        def opened(demo: Demo) -> httpx2.AsyncClient:
            browser = httpx2.AsyncClient(base_url=demo.url, timeout=30, verify=ssl_context, trust_env=False)
            stack.push_async_callback(browser.aclose)
            return browser

        yield opened


@pytest.fixture
def people(demo: Demo, browse: Browse, seen_secrets: SeenSecrets) -> DemoPeople:
    """The fictional electors of the default demo. Tests share them, so each names those whose credentials it replaces."""
    return DemoPeople(demo, browse, seen_secrets)


@pytest.fixture
def fast_people(fast_demo: Demo, browse: Browse, seen_secrets: SeenSecrets) -> DemoPeople:
    """The fictional electors of the fast demo."""
    return DemoPeople(fast_demo, browse, seen_secrets)


@pytest_asyncio.fixture
async def operator(demo: Demo) -> Operator:
    """An operator of the default demo."""
    return await Operator.at(demo)


@pytest_asyncio.fixture
async def fast_operator(fast_demo: Demo) -> AsyncIterator[Operator]:
    """An operator of the fast demo; after each test its gateways work again and hold no message back."""
    yield await Operator.at(fast_demo)
    fast_demo.gateways(sms="ok", email="ok", sms2="ok")
    release(fast_demo, "receipt", "mail")
