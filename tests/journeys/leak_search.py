"""The places that are searched for secrets after a journey, and the secrets of each person."""

import asyncio
from collections.abc import Iterable
from datetime import date
from http.client import HTTPConnection

from demo.client.running import Demo
from election.proofs import secret_answer
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.leaks import Places, files_of, temporal_of


async def all_places(demo: Demo, operator: Operator, people: DemoPeople) -> Places:
    """Return everything that a demo stores or publishes: files, databases, Temporal's API, health and metrics."""
    voter = await people.voter(0)
    published = {name: (await voter.page(f"/{name}")).content for name in ("healthz", "metrics")}
    worker = await asyncio.to_thread(_metrics_of_worker, demo)
    return {**files_of(demo), **await temporal_of(operator), **published, "metrics of the worker": worker}


def _metrics_of_worker(demo: Demo) -> bytes:
    connection = HTTPConnection("127.0.0.1", demo.ports["METRICS_PORT"], timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


def known_to(person: dict[str, str]) -> Iterable[str]:
    """Return what a person knows and types, in every usual form."""
    national = "0" + person["phone"].removeprefix("+33")
    spaced = " ".join(national[start : start + 2] for start in range(0, 10, 2))
    born = date.fromisoformat(person["birth_date"])
    proofs = (
        "phone",
        "personal_email",
        "numen",
        "nir10",
        "secret_answer",
        "password",
        "voting_code",
        "identifier",
    )
    return {
        *(person[name] for name in proofs),
        *(person["phone"].removeprefix("+"), national, spaced),
        *(person["birth_date"], f"{born:%d/%m/%Y}", f"{born:%d%m%Y}"),
        secret_answer.normalise(person["secret_answer"]),
    }
