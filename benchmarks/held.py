"""Recoveries that are open at once: the memory of each process, and the rate of other recoveries beside them."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from activities.config.clock import utc_now
from activities.security.signatures import SigningKey
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Scale, Testbed
from benchmarks.base.tables import Table, shown
from benchmarks.rate.floor_terms import WINDOW
from benchmarks.rate.rate import Rate, through_http
from demo.client import demo_internals
from demo.client.browsers import Job, run_concurrently
from demo.client.running import Demo
from demo.client.voter import Person
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import VotingCodeClient
from web.following.status import RecoveryStatuses
from workflows.recoveries.starting import RecoveryStarts

_OPEN_AT = {Scale.QUICK: (4, 12), Scale.USUAL: (150, 750, 1_500), Scale.LONG: (5_000, 25_000, 50_000)}
_MANY = 50_000  # open at once, which a run of the usual size computes
_MEGA = 1_000_000
_WIDTH = 16
_SENT = "SELECT count(*) FROM progress WHERE stage = 'Sending' AND accepted_at IS NOT NULL"
_SETTLING_TIME = timedelta(seconds=2)
_PAUSE = WINDOW + timedelta(seconds=6)  # until the recoveries of the rate have ended
_PROCESSORS = ("temporal", "worker")
_COLUMNS = {
    "open": "open",
    **{f"{name}_mb": f"{name}, MB" for name in storage.PROCESSES},
    "per_second": "others a second",
    "cpu_ms": "CPU of one, ms",
    **{f"{name}_ms": f"{name}, ms" for name in _PROCESSORS},
}
_SLOPE = {"process": "process", "kb_per_recovery": "kB a recovery", "computed_mb": f"computed for {_MANY:,}, MB"}

Memory = dict[str, int]  # bytes by process


async def measure(bench: Bench) -> list[Table]:
    """Open recoveries in batches; before the first and after each read the memory, and drive other recoveries."""
    table = Table("With recoveries open, whose link was sent and is not used", _COLUMNS)
    steps, measured = bench.sizes(_OPEN_AT), list[Memory]()
    async with bench.testbed(window=WINDOW) as testbed:
        for before, number in pairwise((0, 0, *steps)):
            bench.progress(f"{number} recoveries open")
            await _open(testbed, await testbed.people(number - before))
            await asyncio.sleep(_SETTLING_TIME.total_seconds())
            measured.append(storage.resident_memory(testbed.processes))
            _add(table, number, measured[-1], await _beside(bench, testbed))
            bench.progress(f"{number} open: {' · '.join(map(shown, table.rows[-1]))}")
            await asyncio.sleep(bench.size(0, _PAUSE.seconds))
    table.notes.append("Others: voting codes by SMS, 40 voters at once who have signed in, as in `rate`.")
    return [table, _slopes(steps, measured)]


async def _beside(bench: Bench, testbed: Testbed) -> Rate:
    people = await testbed.people(bench.size(2, 120))
    return await through_http(testbed, people, bench.size(2, 40), signed_in_before=True)


def _add(table: Table, number: int, memory: Memory, beside: Rate) -> None:
    spent = {name: 1000 * each / beside.recoveries for name, each in beside.spent.items()}
    sizes = (memory[name] / _MEGA for name in storage.PROCESSES)
    costs = (sum(spent.values()), *(spent[name] for name in _PROCESSORS))
    table.add(number, *sizes, beside.per_second, *costs)


def _slopes(steps: tuple[int, ...], measured: list[Memory]) -> Table:
    table = Table("Memory of one open recovery", _SLOPE, part="slope")
    last, first = measured[-1], measured[1]
    for name in storage.PROCESSES:
        slope = (last[name] - first[name]) / (steps[-1] - steps[0])
        table.add(name, slope / 1000, (last[name] + slope * (_MANY - steps[-1])) / _MEGA)
    table.notes.append(f"The slope leaves out the first {steps[0]:,}, which fill pools and caches.")
    table.notes.append("The worker keeps a number of workflows in memory: beyond it, its slope is lower.")
    return table


async def _open(testbed: Testbed, people: list[Person]) -> None:
    """Submit requests as the web does, and return when every link has been sent."""
    demo = testbed.demo
    client, services = await demo_internals.connect_temporal(demo), demo_internals.build_roll_services(demo)
    keys, election = demo_internals.read_keys(demo), demo_internals.load_election(demo)
    form_key, signing_key = (bytes.fromhex(keys[f"REASSORT_{name}_KEY"]) for name in ("FORM", "WEB_SIGNING"))
    starts = RecoveryStarts(election, demo.url)
    statuses = RecoveryStatuses(services.progress, election.delivery, utc_now)
    recoveries = VotingCodeClient(
        client, statuses, starts, services.vault, services.attempts, SigningKey(signing_key), form_key, utc_now
    )
    before = _sent(demo)
    electors = zip(demo_internals.elector_ids(demo, people), people, strict=True)
    await run_concurrently([_submission(recoveries, *each) for each in electors], _WIDTH)
    while _sent(demo) < before + len(people):  # noqa: ASYNC110 - it is the database's rows that change
        await asyncio.sleep(0.2)
    await services.database.close()


def _submission(recoveries: VotingCodeClient, elector_id: str, person: Person) -> Job:
    # By e-mail: its link is valid for a day, so none expires while other recoveries are opened.
    mailbox = person["personal_email"]
    request = ChallengeRequest(
        elector_id, person["secret_answer"], person["numen"], Channel.EMAIL, mailbox, "p•••@exemple.org"
    )

    async def run() -> None:
        answer = await recoveries.submit(elector_id, request)
        assert answer.verdict is Verdict.ACCEPTED, answer

    return run


def _sent(demo: Demo) -> int:
    [(number,)] = demo_internals.fetch_rows(demo, _SENT)
    return int(number)
