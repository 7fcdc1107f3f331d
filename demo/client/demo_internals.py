"""What only those who run the demo can see: its roll, its keys, its recoveries."""

import json
from typing import Any

import psycopg
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.config.settings import RollSettings
from activities.services import RollServices, open_roll_services
from demo.client.running import Demo
from demo.client.voter import Person
from election.settings import Election, load

Rows = list[tuple[Any, ...]]


def keys(demo: Demo) -> dict[str, str]:
    """Return the demo's keys, by the name of their environment variable."""
    told: dict[str, str] = json.loads((demo.state / "keys.json").read_text())
    return told


def election(demo: Demo) -> Election:
    """Return the election that the demo holds."""
    return load(demo.state / "election.toml")


def build_roll_services(demo: Demo) -> RollServices:
    """Return the roll's side of the system, on the demo's database; its connections are the caller's to close."""
    named = {name.removeprefix("REASSORT_").lower(): key for name, key in keys(demo).items()}
    core = RollSettings(
        database_url=demo.database_url,
        public_url=demo.url,
        **{name: named[name] for name in ("master_key", "link_key", "pepper")},  # type: ignore[arg-type] # it reads them
    )
    return open_roll_services(core, election(demo))


def ask(demo: Demo, query: str, *values: str) -> Rows:
    """Return the rows that a query finds in the roll database; `%s` stands for each value.

    Raises:
        psycopg.OperationalError: the database does not answer.
    """
    with psycopg.connect(demo.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def change(demo: Demo, statement: str, *values: object) -> int:
    """Change the roll database as its owner, and return how many rows; `%s` stands for each value."""
    with psycopg.connect(demo.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode(), values or None).rowcount


def elector_ids(demo: Demo, people: list[Person]) -> list[str]:
    """Return the opaque id of each person, in their order."""
    known: dict[str, str] = dict(ask(demo, "SELECT work_email, id FROM electors"))
    return [known[person["work_email"]] for person in people]


async def temporal(demo: Demo) -> Client:
    """Return a client of the demo's Temporal server."""
    return await Client.connect(demo.temporal, data_converter=pydantic_data_converter)
