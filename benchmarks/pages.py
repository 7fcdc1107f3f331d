"""How long each page takes while voters keep coming, whether or not the pages before have come."""

import asyncio
import time
from collections import defaultdict

import httpx2

from benchmarks.base.bench import Bench, Ground
from benchmarks.base.tables import Table
from benchmarks.base.timings import milliseconds
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, at_once, browser, signed_in
from demo.client.journeys import BY_SMS
from demo.client.voter import Voter

_RATE = 20  # voters a second
_BETWEEN = 1.0  # seconds from one page to the voter's next
_LINK = "/lien/…"
# `/connexion` sends someone who has signed in to the portal: it is opened without a session.
_SIGN_IN = "/connexion"
_PAGES = (
    "/",
    _SIGN_IN,
    "/portail",
    "/vote",
    "/reassort/code-de-vote",
    "/reassort/code-de-vote/question-defi",
    "/reassort/suivi",
    "/reassort/suivi.json",
    _LINK,
)


async def measure(bench: Bench) -> list[Table]:
    """Let voters with a live recovery come at a steady rate, each to every page in turn."""
    seconds = bench.size(1, 15, 60)
    async with bench.ground() as ground:
        people = await ground.people(_RATE * seconds)
        async with signed_in(ground.demo.url, people) as voters, browser(ground.demo.url) as stranger:
            bench.say(f"{len(voters)} voters ask for a link")
            links = await _links(ground, voters)
            bench.say(f"{_RATE} voters a second for {seconds} s")
            timings = await _visits(voters, links, stranger)
    return [_table(timings)]


async def _links(ground: Ground, voters: list[Voter]) -> dict[str, str]:
    async with Arrivals.under(ground.demo.state) as arrivals:

        def job(voter: Voter) -> Job:
            return lambda: BY_SMS.ask(voter)

        await at_once([job(voter) for voter in voters], 8)
        return {voter.person["phone"]: await arrivals.link(voter.person["phone"]) for voter in voters}


async def _visits(
    voters: list[Voter], links: dict[str, str], stranger: httpx2.AsyncClient
) -> dict[str, list[float]]:
    timings: dict[str, list[float]] = defaultdict(list)
    begun = time.perf_counter() + _BETWEEN

    async def visit(voter: Voter, place: int, page: str) -> None:
        due = begun + place / _RATE + _PAGES.index(page) * _BETWEEN
        await asyncio.sleep(due - time.perf_counter())
        stranger.cookies.clear()
        http = stranger if page == _SIGN_IN else voter.http
        answer = await http.get(links[voter.person["phone"]] if page == _LINK else page)
        # From when it was due: a page that keeps the next one waiting is not let off.
        timings[page].append(time.perf_counter() - due)
        assert answer.status_code == httpx2.codes.OK, (page, answer.status_code)

    coming = enumerate(voters)
    await asyncio.gather(*(visit(voter, place, page) for place, voter in coming for page in _PAGES))
    return timings


def _table(timings: dict[str, list[float]]) -> Table:
    table = Table(
        f"Pages while {_RATE} voters a second come, each to a page a second",
        ("page", "views", "p50, ms", "p95, ms", "p99, ms"),
    )
    for page in _PAGES:
        values = timings[page]
        table.add(page, len(values), *(milliseconds(values, share) for share in (0.5, 0.95, 0.99)))
    everything = [value for values in timings.values() for value in values]
    table.add("all", len(everything), *(milliseconds(everything, share) for share in (0.5, 0.95, 0.99)))
    table.notes.append(f"{_RATE * len(_PAGES)} pages a second in all; voters and servers share the machine.")
    return table
