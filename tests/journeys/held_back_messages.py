"""What gateways that dawdle hold back, so that a test ends the delay when it has seen enough of it."""

import sqlite3
from contextlib import closing
from typing import Literal

from demo.client.running import Demo
from tests.journeys.demo_people import Operator

# So late that it never comes by itself while a test runs.
HELD_BACK = "late:600"


def release(demo: Demo, *kinds: Literal["receipt", "mail"]) -> None:
    """Let the receipts or the mails that a demo's gateways hold back be due, as if their time were over."""
    with closing(sqlite3.connect(demo.state / "demo" / "world.sqlite", timeout=10)) as world, world:
        world.executemany("UPDATE pending SET due = 0 WHERE kind = ?", [(kind,) for kind in kinds])


def held_receipts(operator: Operator) -> int:
    """Return how many receipts a demo's message centre still holds."""
    [(count,)] = operator.world("SELECT count(*) FROM pending WHERE kind = 'receipt'")
    return int(count)
