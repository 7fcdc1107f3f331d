"""Experiments on limits: counted across two web processes, and sparing those behind one address."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from itertools import cycle

import httpx2

from benchmarks import backstage
from benchmarks.bench import Bench, Ground
from benchmarks.browsers import at_once, browser, crowd, signed_in
from benchmarks.findings import Finding
from benchmarks.journeys import BY_SMS
from benchmarks.running import Demo, free_ports
from benchmarks.voter import Voter

_LOOK_EVERY = 0.2
_CHALLENGE = "/reassort/code-de-vote/question-defi"
_PASSWORD = "/connexion/mot-de-passe"  # noqa: S105 - a page
_SCHOOL = "198.51.100.7"  # an address kept for examples
_WIDTH = 10

Form = tuple[str, dict[str, str]]


@asynccontextmanager
async def second_door(demo: Demo) -> AsyncIterator[str]:
    """Give the address of a second web process, on the same database and the same Temporal server."""
    first, port = demo.process("web"), free_ports()["WEB_PORT"]
    environment = {**first.environ(), "REASSORT_WEB_PORT": str(port)}
    nowhere = asyncio.subprocess.DEVNULL
    second = await asyncio.create_subprocess_exec(
        *first.cmdline(), env=environment, cwd=first.cwd(), stdout=nowhere, stderr=nowhere
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with browser(url) as http, asyncio.timeout(60):
            while not await _answers(http):  # noqa: ASYNC110 - another process sets no Event of ours
                await asyncio.sleep(_LOOK_EVERY)
        yield url
    finally:
        second.terminate()
        await second.wait()


async def _answers(http: httpx2.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


async def limits_across_processes(bench: Bench, ground: Ground) -> list[Finding]:
    """Try wrong passwords, wrong proofs and wrong codes at two web processes in turn."""
    number, rules = bench.size(10, 60), backstage.election(ground.demo).attempts
    found = []
    async with second_door(ground.demo) as other:
        doors = (ground.demo.url, other)
        for name, forms in (("passwords", _passwords), ("proofs", _proofs), ("codes", _codes)):
            (person,) = await ground.people(1)
            async with crowd(doors[0], [person]) as (voter,):
                tries = await forms(voter, number)
                begun = time.monotonic()
                statuses = await _tried(voter, doors, tries)
                spent = time.monotonic() - begun
            # After the free ones, one more each time that a wait is over.
            most = rules.free + int(spent / rules.first_wait.total_seconds())
            through = statuses.count(httpx2.codes.UNPROCESSABLE_ENTITY)
            refused = statuses.count(httpx2.codes.TOO_MANY_REQUESTS)
            ours = f"{through} looked at, {refused} refused (the rule lets {most} through)"
            holds = through <= most and through + refused == number
            experiment = f"{number} wrong {name}, at two web processes"
            found.append(Finding(experiment, "26 of 60 through: counted by each process", ours, holds))
    return found


async def school(bench: Bench, ground: Ground) -> Finding:
    """Let many voters behind one address sign in and ask, within the same minute."""
    people = await ground.people(bench.size(6, 100))
    headers = {"X-Forwarded-For": _SCHOOL}
    async with signed_in(ground.demo.url, people, **headers) as voters:
        answers: list[int] = []

        async def ask(voter: Voter) -> None:
            answers.append((await BY_SMS.ask(voter)).status_code)

        await at_once([lambda voter=voter: ask(voter) for voter in voters], _WIDTH)  # type: ignore[misc] # bound above
    taken = answers.count(httpx2.codes.SEE_OTHER)
    ours = f"{len(people) - taken} of {len(people)} refused"
    return Finding(f"{len(people)} voters behind one address", "60 of 100 refused", ours, taken == len(people))


async def _passwords(voter: Voter, number: int) -> list[Form]:
    await voter.send("/connexion", identifier=voter.person["work_email"])
    form = await voter.filled(_PASSWORD)
    return [(_PASSWORD, {**form, "password": f"Pas-le-bon-{each}!"}) for each in range(number)]


async def _proofs(voter: Voter, number: int) -> list[Form]:
    await voter.sign_in()
    form = await voter.filled(_CHALLENGE, **wrong_proof(voter, ""))
    return [(_CHALLENGE, {**form, "answer": f"faux {each}"}) for each in range(number)]


async def _codes(voter: Voter, number: int) -> list[Form]:
    await voter.sign_in()
    return [("/vote", await voter.filled("/vote", voting_code=f"FAUX{each}")) for each in range(number)]


def wrong_proof(voter: Voter, answer: str) -> dict[str, str]:
    """Return the fields of a challenge form whose answer is wrong and whose rest is right."""
    return {"answer": answer, "proof": voter.person["numen"], "channel": "sms", "phone": voter.person["phone"]}


async def _tried(voter: Voter, doors: tuple[str, str], tries: list[Form]) -> list[int]:
    sent: list[Awaitable[httpx2.Response]] = [
        voter.http.post(f"{door}{path}", data=form)
        for door, (path, form) in zip(cycle(doors), tries, strict=False)
    ]
    return [answer.status_code for answer in await asyncio.gather(*sent)]
