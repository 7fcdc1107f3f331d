"""The health checks of the console's own process."""

import asyncio

from fastapi import APIRouter
from starlette.responses import JSONResponse

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from console.context.console_context import CurrentConsole

router = APIRouter()
_TIMEOUT = 5.0  # seconds; a database that stands still answers nothing, and ends nothing


@router.get("/livez")
async def liveness() -> JSONResponse:
    """Return 200: this process answers, whatever else does not."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", responses={503: {"description": "This process cannot serve its pages"}})
@router.get("/healthz", responses={503: {"description": "This process cannot serve its pages"}})
async def readiness(console: CurrentConsole) -> JSONResponse:
    """Return 200 when this process can serve pages, which need the database alone; warnings need an operator."""
    faults: list[str] = []
    try:
        async with asyncio.timeout(_TIMEOUT):
            await console.services.heartbeat.silent([])
    except (DatabaseUnavailableError, DatabaseNotReadyError, TimeoutError):
        faults.append("database: does not answer")
    warnings = [f"console: {console.provider.fault}"] if console.provider.fault else []
    status = "failing" if faults else "ok"
    return JSONResponse({"status": status, "faults": faults, "warnings": warnings}, 503 if faults else 200)
