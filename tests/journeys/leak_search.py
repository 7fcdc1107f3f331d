"""The places that are searched for secrets after a journey, and the secrets of each person."""

from collections.abc import Iterable
from datetime import date

from demo.client.running import Demo
from election.proofs import secret_answer
from tests.journeys.demo_people import DemoPeople, Operator
from tests.journeys.leaks import Places, files_of, temporal_of


async def all_places(demo: Demo, operator: Operator, people: DemoPeople) -> Places:
    """Return everything that a demo stores or publishes: files, databases, Temporal's API, the web's health."""
    health = (await (await people.voter(0)).page("/healthz")).content
    return {**files_of(demo), **await temporal_of(operator), "health": health}


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
