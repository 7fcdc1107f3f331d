"""Writes the figures as tables on a terminal, or as CSV files."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

from election.delays import DelayPercentiles
from election.french_numbers import french_number

REQUESTS = ("Événement", "Canal", "Issue", "Nombre")
SENDS = (
    *("Canal", "Passerelle", "Pays ou domaine", "Envois", "Acceptés", "Remis", "En retard", "En échec"),
    *("Délai médian (s)", "9 sur 10 en (s)"),
)
Kind = tuple[str, str, str]


class SendCounts(Protocol):
    """What is shown of some messages."""

    sent: int
    accepted: int
    delivered: int
    late: int
    failed: int

    @property
    def delay(self) -> DelayPercentiles | None:
        """How long those that arrived took."""


def print_tables(
    requests: Mapping[Kind, int], sends: Mapping[Kind, SendCounts], console: Console | None = None
) -> None:
    """Print two tables on a console, the standard output by default."""
    out = console or Console()
    out.print(_table("Demandes", REQUESTS, 3, _request_rows(requests)))
    out.print(_table("Envois", SENDS, 3, _send_rows(sends)))


def write_csv(folder: Path, requests: Mapping[Kind, int], sends: Mapping[Kind, SendCounts]) -> None:
    """Write `demandes.csv` and `envois.csv`; numbers without spaces, delays in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"demandes": (REQUESTS, _request_rows(requests)), "envois": (SENDS, _send_rows(sends))}
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def _table(title: str, header: Sequence[str], words: int, rows: Iterable[Sequence[object]]) -> Table:
    table = Table(title=title)
    for number, name in enumerate(header):
        table.add_column(name, justify="left" if number < words else "right")
    for row in rows:
        table.add_row(*(french_number(cell) if isinstance(cell, int) else str(cell) for cell in row))
    return table


def _request_rows(requests: Mapping[Kind, int]) -> list[Sequence[object]]:
    return [(*kind, number) for kind, number in requests.items()]


def _send_rows(sends: Mapping[Kind, SendCounts]) -> list[Sequence[object]]:
    return [(*kind, *_counts(kind[0], each), *_delays(each.delay)) for kind, each in sends.items()]


def _counts(channel: str, sends: SendCounts) -> Sequence[object]:
    # A mail has no receipt, so whether it was delivered is not known.
    delivered = sends.delivered if channel == "sms" else ""
    return (sends.sent, sends.accepted, delivered, sends.late, sends.failed)


def _delays(delay: DelayPercentiles | None) -> Sequence[object]:
    return (_seconds(delay.median), _seconds(delay.percentile_90)) if delay else ("", "")


def _seconds(delay: timedelta) -> str:
    return f"{delay.total_seconds():.1f}"
