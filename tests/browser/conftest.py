"""A demo, and browser windows whose console errors fail the test."""

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from demo.client import running
from demo.client.running import Demo
from demo.state import people as fictional
from tests.browser.all_pages import PageServer
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import Contexts, Windows
from tests.support.demo_election import write_election

Gateways = Callable[..., None]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
_HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests in a browser last: Playwright leaves an event loop running in this thread, and no other starts."""
    items.sort(key=lambda item: item.path.is_relative_to(_HERE))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of Chromium: the system's if it is installed, without background requests.

    Its headless shell is the first choice: a window takes it 0.06 s of processor time, and 0.8 s the whole browser.
    """
    system = next(filter(None, map(shutil.which, _BROWSERS)), None)
    chosen = {"executable_path": system} if system else {}
    return {**browser_type_launch_args, **chosen, "args": _FLAGS}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as `make run` starts it, but for the wait between two requests: tests share the people."""
    folder = tmp_path_factory.mktemp("demo")
    election = write_election(folder, {"between_sends": "PT0S"})
    with running.running(folder / "run", REASSORT_ELECTION=str(election)) as started:
        yield started


@pytest.fixture(scope="session")
def page_server() -> Iterator[PageServer]:
    """The server of the sample pages."""
    with PageServer().running() as server:
        yield server


@pytest.fixture(scope="session")
def people() -> deque[Person]:
    """The fictional electors; each test takes the one that was not used for the longest time."""
    return deque(person.public() for person in fictional.people())


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    """The contexts of all windows."""
    return Contexts(browser)


@pytest.fixture
def windows(contexts: Contexts) -> Iterator[Windows]:
    """Opens browser windows; the test fails if a page logged an error or a warning."""
    opened = Windows(contexts)
    yield opened
    opened.close()


@pytest.fixture
def person(people: deque[Person]) -> Person:
    """An elector for this test."""
    people.rotate(-1)
    return people[0]


@pytest.fixture(scope="session")
def sessions() -> Iterator[Sessions]:
    """Sessions of signed-in electors, reused by tests that are not about signing in."""
    kept = Sessions()
    yield kept
    kept.close()


@pytest.fixture
def http_elector(demo: Demo, person: Person, sessions: Sessions) -> HttpElector:
    """That elector, signed in, who makes requests without a browser."""
    return sessions.http_elector(demo.url, person)


@pytest.fixture
def elector(windows: Windows, demo: Demo, person: Person, sessions: Sessions) -> Voter:
    """That elector, signed in, in a desktop window."""
    return sessions.window(windows, demo.url, person)


@pytest.fixture
def gateways(demo: Demo) -> Iterator[Gateways]:
    """Sets the modes of the demo's gateways; after the test they work again."""
    yield demo.gateways
    demo.gateways(sms="ok", email="ok")
