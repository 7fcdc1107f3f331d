"""The answer to Prometheus, of web and console."""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response


async def metrics_response() -> Response:
    """Return the metrics of this process; made in a thread, since the SDK is asked by HTTP."""
    return Response(await asyncio.to_thread(generate_latest), headers={"Content-Type": CONTENT_TYPE_LATEST})
