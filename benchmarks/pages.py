"""How long each page takes under an open load: pages are requested when they are due, also while others are late."""

import asyncio
import time
from collections import defaultdict

import httpx2

from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.tables import Table
from benchmarks.base.timings import PERCENTILES, percentiles
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, browser, run_concurrently, signed_in_voters
from demo.client.journeys import BY_SMS
from demo.client.voter import Voter

_RATE = 20  # voters a second
_PAGE_INTERVAL = 1.0  # seconds from one page of a voter to the next
_LINK = "/lien/…"
# `/connexion` redirects signed-in voters to the portal, so it is requested without a session.
_SIGN_IN = "/connexion"
_PAGES = (
    "/",
    _SIGN_IN,
    "/portail",
    "/vote",
    "/reassort/code-de-vote",
    "/reassort/code-de-vote/question-defi",
    "/reassort/code-de-vote/destination",
    "/reassort/code-de-vote/verification",
    "/reassort/suivi",
    "/reassort/suivi.json",
    _LINK,
)


async def measure(bench: Bench) -> list[Table]:
    """Have voters with an open recovery arrive at a steady rate, each requesting every page in turn."""
    seconds = bench.size(1, 15, 60)
    async with bench.testbed() as testbed:
        people = await testbed.people(_RATE * seconds)
        async with signed_in_voters(testbed.demo.url, people) as voters, browser(testbed.demo.url) as anonymous:
            bench.progress(f"{len(voters)} voters request a link")
            links = await _links(testbed, voters)
            bench.progress(f"{_RATE} voters a second for {seconds} s")
            timings = await _visits(voters, links, anonymous)
    return [_table(timings)]


async def _links(testbed: Testbed, voters: list[Voter]) -> dict[str, str]:
    async with Arrivals.under(testbed.demo.state) as arrivals:

        def job(voter: Voter) -> Job:
            return lambda: BY_SMS.request(voter)

        await run_concurrently([job(voter) for voter in voters], 8)
        return {voter.person["phone"]: await arrivals.link(voter.person["phone"]) for voter in voters}


async def _visits(
    voters: list[Voter], links: dict[str, str], anonymous: httpx2.AsyncClient
) -> dict[str, list[float]]:
    timings: dict[str, list[float]] = defaultdict(list)
    begun = time.perf_counter() + _PAGE_INTERVAL

    async def visit(voter: Voter, position: int, page: str) -> None:
        due = begun + position / _RATE + _PAGES.index(page) * _PAGE_INTERVAL
        await asyncio.sleep(due - time.perf_counter())
        anonymous.cookies.clear()
        http = anonymous if page == _SIGN_IN else voter.http
        answer = await http.get(links[voter.person["phone"]] if page == _LINK else page)
        # From the instant when it was due: delay by other pages counts (no coordinated omission).
        timings[page].append(time.perf_counter() - due)
        assert answer.status_code == httpx2.codes.OK, (page, answer.status_code)

    due = enumerate(voters)
    await asyncio.gather(*(visit(voter, position, page) for position, voter in due for page in _PAGES))
    return timings


def _table(timings: dict[str, list[float]]) -> Table:
    table = Table(
        f"Pages with {_RATE} voters a second, each requesting a page a second",
        {"page": "page", "views": "views", **PERCENTILES},
    )
    for page in _PAGES:
        values = timings[page]
        table.add(page, len(values), *percentiles(values))
    everything = [value for values in timings.values() for value in values]
    table.add("all", len(everything), *percentiles(everything))
    table.notes.append(f"{_RATE * len(_PAGES)} pages a second in all; voters and servers share the machine.")
    return table
