"""The roll: what imports have done to it, and how it is imported.

The file itself does not come here: it has the proofs of every elector, and this process keeps none and has no pepper.
"""

import re

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from console.context.console_context import CurrentConsole
from console.context.operator import Administrator
from console.context.pages import HOME

router = APIRouter(prefix=f"{HOME}/liste")
_COMMAND = (
    'docker compose run --rm -e REASSORT_PEPPER -v "$PWD/liste.csv:/tmp/liste.csv:ro" migrate '
    "python -m activities.roll_import.load_roll /tmp/liste.csv --report /dev/stderr"
)
_BLANKS = re.compile(r"\s+")


@router.get("")
async def show(operator: Administrator, console: CurrentConsole, empreinte: str = "") -> HTMLResponse:
    """Return the history of imports, and what a file's SHA-256 was imported as."""
    files = await console.services.roll_history.imports()
    wanted = _BLANKS.sub("", empreinte).lower()[:64]
    found = [each for each in files if wanted and each.file_hash == wanted]
    return operator.page("roll.html", command=_COMMAND, files=files, wanted=wanted, found=found)
