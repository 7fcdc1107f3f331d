"""Voters who arrive when they are due, whether or not the earlier ones are served, and go from the sign-in to the code."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import httpx2

from demo.client.arrivals import Arrivals
from demo.client.browsers import browser
from demo.client.event_stream import PATH, followed
from demo.client.journeys import BY_SMS
from demo.client.voter import Person, Voter

_FOLLOW_UP = "/reassort/suivi"
_LINKS = "/lien/"
_OF_THE_DEMO = "/demo/"
_STARTED = "started"  # the key of a request's extensions
_SMS_WITHIN = 600.0  # seconds: later, the voter has given up


@dataclass
class Tally:
    """What all voters of one run met, in seconds: `pages` by method and path, `handed_over` from request to SMS.

    `ends` are the instants at which they had their codes, less the time until they read the SMS; `whole` is from their arrival
    to then.
    """

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    handed_over: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    streams: int = 0
    most_streams: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def timed(self, url: str) -> httpx2.AsyncClient:
        """Return a browser that notes how long each page takes, until its head."""
        http = browser(url)
        http.event_hooks = {"request": [_start], "response": [self._note]}
        return http

    async def _note(self, answer: httpx2.Response) -> None:
        path = answer.request.url.path
        if path.startswith(_OF_THE_DEMO) or path == PATH:
            return
        name = f"{_LINKS}…" if path.startswith(_LINKS) else path
        taken = perf_counter() - float(answer.request.extensions[_STARTED])
        self.pages[f"{answer.request.method} {name}"].append(taken)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Count one more open stream while the context is open."""
        self.streams += 1
        self.most_streams = max(self.most_streams, self.streams)
        try:
            yield
        finally:
            self.streams -= 1


async def _start(request: httpx2.Request) -> None:
    request.extensions = {**request.extensions, _STARTED: perf_counter()}


class PatientVoter(Voter):
    """A voter whose browser loads a page again when the page says so, as the one does that asks to wait."""

    async def page(self, path: str) -> httpx2.Response:
        """Return a page that does not ask to wait."""
        while True:
            answer = await super().page(path)
            if "Refresh" not in answer.headers:
                return answer
            await asyncio.sleep(int(answer.headers["Refresh"]))


@dataclass(frozen=True)
class Arrival:
    """A voter who is due at an instant of `perf_counter`, and reads the SMS `delay` seconds after it was handed over."""

    person: Person
    url: str
    due: float
    delay: float

    async def run(self, received: Arrivals, tally: Tally) -> None:
        """Wait until the voter is due, and recover a code; what goes wrong is counted."""
        await asyncio.sleep(self.due - perf_counter())
        try:
            async with tally.timed(self.url) as http:
                await self._recover(PatientVoter(http, self.person), received, tally)
        except (AssertionError, TimeoutError, httpx2.HTTPError) as error:
            tally.faults[f"{type(error).__name__} {error}".split("\n")[0][:80]] += 1
        else:
            end = perf_counter() - self.delay
            tally.ends.append(end)
            tally.whole.append(end - self.due)

    async def _recover(self, voter: Voter, received: Arrivals, tally: Tally) -> None:
        _expect(await voter.sign_in(), httpx2.codes.SEE_OTHER)
        requested = perf_counter()
        _expect(await BY_SMS.request(voter), httpx2.codes.SEE_OTHER)
        _expect(await voter.page(_FOLLOW_UP), httpx2.codes.OK)
        async with followed(voter):
            with tally.streaming():
                link = await received.link(BY_SMS.recipient(self.person), within=_SMS_WITHIN)
                tally.handed_over.append(perf_counter() - requested)
                await asyncio.sleep(self.delay)
                page = await voter.press(link)
        _expect(page, httpx2.codes.OK)
        assert BY_SMS.credential(page.text), "no code is shown"


def _expect(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status, f"{answer.request.url.path}: {answer.status_code} instead of {status}"
