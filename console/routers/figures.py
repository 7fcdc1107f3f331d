"""The figures: tables and charts, each as a CSV file, and how to make the sealed export."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from starlette.responses import HTMLResponse, Response

from console.context.operator import CurrentOperator
from console.context.pages import HOME
from console.presenters.charts import chart_of
from console.presenters.figures import EXPORT_COMMAND, in_words, with_words
from election.text.spreadsheet import MARK, csv_text

router = APIRouter(prefix=f"{HOME}/chiffres")


@router.get("")
async def show(operator: CurrentOperator) -> HTMLResponse:
    """Return every table with its chart, as they were counted at most two minutes ago."""
    figures = await operator.console.services.figures.current(sees_roll=operator.sees_roll)
    zone = operator.console.election.zone
    tables = [(each, in_words(each, zone)) for each in figures.tables]
    return operator.page(
        "figures.html",
        figures=figures,
        tables=[(each, words, chart_of(words)) for each, words in tables],
        export_command=EXPORT_COMMAND,
    )


@router.get("/{file}.csv")
async def export(file: Annotated[str, Path(pattern="^[a-z]{1,20}$")], operator: CurrentOperator) -> Response:
    """Return one table as a CSV file, 404 for a name that no table has."""
    table = (await operator.console.services.figures.current(sees_roll=operator.sees_roll)).table(file)
    if table is None:
        raise HTTPException(404)
    written = with_words(table, operator.console.election.zone)
    headers = {"Content-Disposition": f'attachment; filename="{table.file}.csv"'}
    text = MARK + csv_text([written.header, *written.rows])
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
