"""`python -m activities.evidence.figures`: counts of requests and messages for the election's administration."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.commands.command_line import run
from activities.config.clock import utc_now
from activities.config.settings import FiguresSettings, read, stop
from activities.evidence.chain.hashes import Head
from activities.evidence.chain.sealing import head_of
from activities.evidence.figures_report import print_tables, write_csv
from activities.evidence.figures_requests import RequestFigures, count_requests
from activities.evidence.figures_sends import Kind, SendFigures, Sends, count_sends
from activities.evidence.journal import Event
from activities.store.database import Database
from activities.store.tables import journal
from election.rules.security import SecurityRules
from election.settings import Election

_KINDS = (journal.c.event, journal.c.channel, journal.c.outcome)
_COUNTED = (
    select(*_KINDS, func.count()).where(journal.c.event.not_like("message:%")).group_by(*_KINDS).order_by(*_KINDS)
)


@dataclass(frozen=True)
class Figures:
    """Requests and attempts at access by (event, channel, outcome); messages by (channel, gateway, country or domain).

    Attempts are counted as long as their traces are kept. `sends` is `messages.by_area`, and `head` that of the journal's
    chain.
    """

    requests: Mapping[Kind, int]
    accesses: Mapping[Kind, int]
    recoveries: RequestFigures
    messages: SendFigures
    head: Head

    @property
    def sends(self) -> Mapping[Kind, Sends]:
        """Messages by channel, gateway, and country or domain."""
        return self.messages.by_area


async def gather(
    database: Database, late_after: timedelta, now: Callable[[], datetime], zone: tzinfo = UTC
) -> Figures:
    """Return the figures of the whole journal and message ledger, with the days of a time zone."""
    async with database.reading() as connection:
        return await figures_of(connection, late_after, now, zone)


async def figures_of(
    connection: AsyncConnection, late_after: timedelta, now: Callable[[], datetime], zone: tzinfo
) -> Figures:
    """Return the same, as a connection reads them."""
    sends = await count_sends(connection, late_after, now(), zone)
    recoveries = await count_requests(connection, sends.trying, zone)
    counted = (await connection.execute(_COUNTED)).all()
    by_kind = {(event, channel, outcome): each for event, channel, outcome, each in counted}
    accesses = {kind: each for kind, each in by_kind.items() if Event(kind[0]).is_trace}
    requests = {kind: each for kind, each in by_kind.items() if kind not in accesses}
    return Figures(requests, accesses, recoveries, sends, await head_of(connection))


def main() -> None:
    """Print the figures, or write them as CSV files."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.figures", description=__doc__)
    parser.add_argument(
        "--csv",
        type=Path,
        metavar="FOLDER",
        help="write a CSV file for each table there, for a spreadsheet",
    )
    folder: Path | None = parser.parse_args().csv

    async def gathered(database: Database, election: Election) -> tuple[Figures, SecurityRules]:
        return await gather(database, election.delivery.late_after, utc_now, election.zone), election.security

    def show() -> None:
        figures, security = run(lambda: read(FiguresSettings), gathered)
        if folder is None:
            print_tables(figures, security)
        else:
            write_csv(folder, figures, security)

    try:
        show()
    except OSError as error:
        stop(RuntimeError(str(error).partition("\n")[0]))


if __name__ == "__main__":
    main()
