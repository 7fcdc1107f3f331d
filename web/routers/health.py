"""Whether everything a voter needs is at work."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from activities.config.faults import DatabaseAway
from web.context.app_context import AtDoor
from workflows.contracts import options

router = APIRouter()


@router.get("/healthz", responses={503: {"description": "Something does not work"}})
async def health(door: AtDoor) -> JSONResponse:
    """Return 200 when web, worker, Temporal and database all work, else 503 with the reasons."""
    faults = []
    try:
        silent = await door.side.vital_signs.silent([options.RECOVERIES, options.MESSAGING])
        faults += [f"worker {role}: no sign of life" for role in silent]
    except DatabaseAway:
        faults.append("database: does not answer")
    if not await door.temporal_answers():
        faults.append("temporal: does not answer")
    return JSONResponse({"status": "failing" if faults else "ok", "faults": faults}, 503 if faults else 200)
