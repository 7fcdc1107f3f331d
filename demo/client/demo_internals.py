"""Access to a demo's database, keys and Temporal server, which no voter has."""

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
DatabaseAway = psycopg.OperationalError


def read_keys(demo: Demo) -> dict[str, str]:
    """Return the demo's keys, by the name of their environment variable."""
    keys: dict[str, str] = json.loads((demo.state / "keys.json").read_text())
    return keys


def load_election(demo: Demo) -> Election:
    """Return the demo's election."""
    return load(demo.state / "election.toml")


def build_roll_services(demo: Demo) -> RollServices:
    """Return the services that work on the roll, on the demo's database; the caller closes `database`."""
    keys = {name.removeprefix("REASSORT_").lower(): key for name, key in read_keys(demo).items()}
    settings = RollSettings(
        election=demo.state / "election.toml",
        database_url=demo.database_url,
        public_url=demo.url,
        **{name: keys[name] for name in ("master_key", "link_key", "pepper")},  # type: ignore[arg-type] # text
    )
    return open_roll_services(settings, load_election(demo))


def fetch_rows(demo: Demo, query: str, *values: str) -> Rows:
    """Return the rows of a query on the demo's database; each `%s` is a placeholder for a value.

    Raises:
        DatabaseAway: the database cannot be reached.
    """
    with psycopg.connect(demo.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def execute(demo: Demo, statement: str, *values: object) -> int:
    """Execute a statement as the database's owner, and return the number of rows that it changed."""
    with psycopg.connect(demo.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode(), values or None).rowcount


def elector_ids(demo: Demo, people: list[Person]) -> list[str]:
    """Return the elector id of each person, in the same order."""
    by_email: dict[str, str] = dict(fetch_rows(demo, "SELECT work_email, id FROM electors"))
    return [by_email[person["work_email"]] for person in people]


async def connect_temporal(demo: Demo) -> Client:
    """Return a client of the demo's Temporal server."""
    return await Client.connect(demo.temporal, data_converter=pydantic_data_converter)
