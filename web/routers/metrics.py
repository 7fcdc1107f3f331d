"""The metrics of this process, and of all recoveries, for Prometheus."""

from fastapi import APIRouter
from starlette.responses import Response

from web.context.app_context import CurrentApp
from web.http.metrics_response import metrics_response

router = APIRouter()


@router.get("/metrics")
async def metrics(app: CurrentApp) -> Response:
    """Return the metrics; the proxy keeps this address from the outside."""
    await app.recovery_metrics.refresh()
    await app.warnings()  # counts the recoveries that are stuck
    return await metrics_response()
