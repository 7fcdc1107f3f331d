"""Receipts and mails that the demo's gateways hold back, and their release by a test."""

import sqlite3
from contextlib import closing
from typing import Literal

from demo.client.running import Demo
from tests.journeys.demo_people import Operator

# A gateway mode with a delay longer than any test.
HELD_BACK = "late:600"


def release(demo: Demo, *kinds: Literal["receipt", "mail"]) -> None:
    """Make the held receipts or mails due at once."""
    with closing(sqlite3.connect(demo.state / "demo" / "fake_services.sqlite", timeout=10)) as database, database:
        database.executemany("UPDATE pending SET due = 0 WHERE kind = ?", [(kind,) for kind in kinds])


def held_receipts(operator: Operator) -> int:
    """Return how many receipts the demo's message centre still holds back."""
    [(count,)] = operator.simulated_services("SELECT count(*) FROM pending WHERE kind = 'receipt'")
    return int(count)
