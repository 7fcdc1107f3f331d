"""The dashboard: whether each part works, and what waits."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from console.context.operator import CurrentOperator
from console.context.pages import HOME

router = APIRouter(prefix=HOME)


@router.get("")
async def show(operator: CurrentOperator) -> HTMLResponse:
    """Return the dashboard."""
    return operator.page("dashboard.html")
