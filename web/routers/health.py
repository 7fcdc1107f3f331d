"""The health check: whether web, worker, Temporal and database work."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from activities.config.errors import DatabaseUnavailableError
from web.context.app_context import CurrentApp
from workflows.contracts import options

router = APIRouter()


@router.get("/healthz", responses={503: {"description": "Something does not work"}})
async def health(app: CurrentApp) -> JSONResponse:
    """Return 200 when web, worker, Temporal and database all work, else 503 with the reasons."""
    faults = []
    try:
        silent = await app.services.heartbeat.silent([options.RECOVERIES, options.MESSAGING])
        faults += [f"worker {role}: no sign of life" for role in silent]
    except DatabaseUnavailableError:
        faults.append("database: does not answer")
    if not await app.temporal_answers():
        faults.append("temporal: does not answer")
    return JSONResponse({"status": "failing" if faults else "ok", "faults": faults}, 503 if faults else 200)
