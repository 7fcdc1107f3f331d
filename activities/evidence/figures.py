"""`python -m activities.evidence.figures`: counts of requests and messages for the election's administration."""

import argparse
import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import FiguresSettings, SettingsError, read, stop
from activities.evidence.figures_report import print_tables, write_csv
from activities.evidence.journal import ACCEPTED, DELIVERED
from activities.store.database import Database
from activities.store.tables import journal, messages
from election.delays import DelayPercentiles, delay_percentiles
from election.settings import ElectionFileError, load

_FEW = 5  # messages
_OTHERS = "autres"
_PAGE = 10_000  # rows


@dataclass
class Sends:
    """The outcomes of some messages; `late` ones took longer than the election allows."""

    sent: int = 0
    accepted: int = 0
    delivered: int = 0
    late: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def delay(self) -> DelayPercentiles | None:
        """How long they took from the first attempt until the phone received them or the relay accepted them."""
        return delay_percentiles(self.seconds)

    def add(self, row: RowMapping, late_after: timedelta, now: datetime) -> None:
        """Count one message."""
        has_arrived = row["outcome"] in {ACCEPTED, DELIVERED}
        took = (row["ended_at"] or now) - row["started_at"]
        self.sent += 1
        self.accepted += row["accepted_at"] is not None
        self.delivered += row["outcome"] == DELIVERED
        self.failed += bool(row["outcome"]) and not has_arrived
        self.late += took > late_after and (has_arrived or not row["outcome"])
        if has_arrived:
            self.seconds.append(took.total_seconds())


@dataclass(frozen=True)
class Figures:
    """Requests by (event, channel, outcome); messages by (channel, gateway, country or mail domain)."""

    requests: Mapping[tuple[str, str, str], int]
    sends: Mapping[tuple[str, str, str], Sends]


async def gather(database: Database, late_after: timedelta, now: Callable[[], datetime]) -> Figures:
    """Return the figures of the whole journal and message ledger."""
    kinds = (journal.c.event, journal.c.channel, journal.c.outcome)
    requests = select(*kinds, func.count()).where(journal.c.event.not_like("message:%"))
    sends: dict[tuple[str, str, str], Sends] = defaultdict(Sends)
    async with database.reading() as connection:
        counted = (await connection.execute(requests.group_by(*kinds).order_by(*kinds))).all()
        async for row in _messages(connection):
            sends[row["channel"], row["gateway"], row["country_or_domain"]].add(row, late_after, now())
    return Figures({(event, channel, outcome): each for event, channel, outcome, each in counted}, _folded(sends))


async def _messages(connection: AsyncConnection) -> AsyncIterator[RowMapping]:
    # By pages, so that a million messages neither fill the memory nor keep a snapshot open.
    last = ""
    query = select(messages).order_by(messages.c.id).limit(_PAGE)
    while page := (await connection.execute(query.where(messages.c.id > last))).mappings().all():
        for row in page:
            yield row
        last = page[-1]["id"]


def _folded(sends: Mapping[tuple[str, str, str], Sends]) -> dict[tuple[str, str, str], Sends]:
    # A domain with few messages may be one person's own.
    folded: dict[tuple[str, str, str], Sends] = defaultdict(Sends)
    for (channel, gateway, country_or_domain), some in sorted(sends.items()):
        into = folded[channel, gateway, country_or_domain if some.sent >= _FEW else _OTHERS]
        for name in ("sent", "accepted", "delivered", "late", "failed"):
            setattr(into, name, getattr(into, name) + getattr(some, name))
        into.seconds.extend(some.seconds)
    return folded


async def _run(settings: FiguresSettings) -> Figures:
    late_after = load(settings.election).delivery.late_after
    database = Database(settings.database_url)
    try:
        return await gather(database, late_after, utc_now)
    finally:
        await database.close()


def main() -> None:
    """Print the figures, or write them as two CSV files."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.figures", description=__doc__)
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write demandes.csv and envois.csv there")
    folder: Path | None = parser.parse_args().csv
    try:
        figures = asyncio.run(_run(read(FiguresSettings)))
        if folder is None:
            print_tables(figures.requests, figures.sends)
        else:
            write_csv(folder, figures.requests, figures.sends)
    except (SettingsError, ElectionFileError, ArgumentError, DatabaseUnavailableError) as error:
        stop(error)
    except (DBAPIError, OSError) as error:
        stop(RuntimeError(str(error).partition("\n")[0]))


if __name__ == "__main__":
    main()
