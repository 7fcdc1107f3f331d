"""The journal: a page of it by filter, and all that a filter asks for as a CSV file."""

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, StreamingResponse

from activities.evidence.reading.journal_reader import JournalReader
from console.context.operator import CurrentOperator
from console.context.pages import HOME
from console.presenters import journal
from console.presenters.journal import Asked
from election.text.spreadsheet import MARK, csv_text

router = APIRouter(prefix=f"{HOME}/journal")
_SIZE = 50
_DIGITS = 18  # of the longest number that the database has


@router.get("")
async def show(request: Request, operator: CurrentOperator) -> HTMLResponse:
    """Return fifty entries, the newest first, or those before the number `avant`."""
    asked, before = journal.asked(request.query_params), request.query_params.get("avant", "")
    before_number = int(before) if before.isascii() and before.isdecimal() and len(before) <= _DIGITS else None
    reader, whole = operator.console.services.journal_reader, operator.sees_whole_journal
    page = await reader.page(asked.filter, before_number, _SIZE, whole=whole)
    return operator.page(
        "journal.html",
        asked=asked,
        events=journal.events(whole=whole),
        lines=[journal.shown(each, operator.console.election.zone) for each in page.lines],
        older=f"{router.prefix}?{asked.query(avant=page.before)}" if page.before else None,
        newest=f"{router.prefix}?{asked.query()}" if before_number else None,
        export=f"{router.prefix}.csv?{asked.query()}",
    )


@router.get(".csv")
async def export(request: Request, operator: CurrentOperator) -> StreamingResponse:
    """Return every entry that the filter asks for, the oldest first; nothing where a field cannot be read."""
    reader, asked = operator.console.services.journal_reader, journal.asked(request.query_params)
    rows = _rows(reader, asked, operator.console.election.zone, whole=operator.sees_whole_journal)
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


async def _rows(reader: JournalReader, asked: Asked, zone: ZoneInfo, *, whole: bool) -> AsyncIterator[str]:
    yield MARK + csv_text([journal.CSV_HEADER])
    if asked.errors:
        return
    async for lines in reader.lines(asked.filter, whole=whole):
        yield csv_text(journal.csv_rows(lines, zone))
