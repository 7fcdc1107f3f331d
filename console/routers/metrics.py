"""The metrics of the console's process, for Prometheus; those of all recoveries are the web's."""

from fastapi import APIRouter
from starlette.responses import Response

from web.http.metrics_response import metrics_response

router = APIRouter()


@router.get("/metrics")
async def metrics() -> Response:
    """Return the metrics; the proxy passes on only what is under `/exploitation`."""
    return await metrics_response()
