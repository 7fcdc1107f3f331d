"""Recoveries in any number whose mail the relay has refused, and acts on them as the console orders them."""

import secrets
from datetime import timedelta

from temporalio.client import Client

from activities.acts.bulk_order import BulkKind, BulkOrder
from activities.config.clock import utc_now
from activities.security.signatures import SigningKey
from demo.client import demo_internals
from demo.client.browsers import Job, run_concurrently
from demo.client.running import Demo
from demo.client.voter import Person
from election.procedures import Procedure
from election.stages import Channel
from workflows.acts.starting import signed_for_act, start_bulk_retry
from workflows.recoveries.starting import RecoveryStarts, start_identifier_and_password

_AT_ONCE = 20
_HELD = "SELECT count(*) FROM progress WHERE stage = 'Held'"


async def ask_for_links(demo: Demo, client: Client, people: list[Person]) -> None:
    """Ask for a link (2011) for each person; while the relay refuses, each of the recoveries is held."""
    starts = RecoveryStarts(demo_internals.load_election(demo), demo.url)
    services = demo_internals.build_roll_services(demo)
    ids = demo_internals.elector_ids(demo, people)

    def request(elector_id: str, email: str) -> Job:
        of = (services.roll.subject(email), elector_id, secrets.token_hex(16))
        return lambda: start_identifier_and_password(client, starts, *of, rpc_timeout=timedelta(seconds=30))

    jobs = [request(each, person["work_email"]) for each, person in zip(ids, people, strict=True)]
    await run_concurrently(jobs, _AT_ONCE)
    await services.database.close()


def held(demo: Demo) -> int:
    """Return how many recoveries are held."""
    [(number,)] = demo_internals.fetch_rows(demo, _HELD)
    return int(number)


async def retry_all(demo: Demo, client: Client, rate: float, operator: str) -> str:
    """Order a retry of every held link (2011) as the console does, signed with its key, and return the act's id."""
    key = SigningKey(bytes.fromhex(demo_internals.read_keys(demo)["REASSORT_CONSOLE_SIGNING_KEY"]))
    order = BulkOrder(
        id=secrets.token_hex(16),
        kind=BulkKind.RETRY,
        operator=operator,
        reason="relais rétabli",
        channel=Channel.EMAIL,
        procedure=Procedure.IDENTIFIER_AND_PASSWORD,
        held_until=utc_now().isoformat(),
        rate=rate,
    )
    return await start_bulk_retry(client, signed_for_act(key, order.id, order, utc_now()))
