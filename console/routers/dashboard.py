"""The dashboard: whether each part works, where recoveries stand, what has arrived."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from console.context.operator import CurrentOperator, Operator, PollingOperator
from console.context.pages import HOME
from console.dashboard.snapshot import PERIODS, Snapshot
from console.presenters.dashboard import page as dashboard

router = APIRouter(prefix=HOME)


@router.get("")
async def show(operator: CurrentOperator) -> HTMLResponse:
    """Return the dashboard."""
    return await _page(operator, "dashboard.html")


@router.get("/tableau")
async def fragment(operator: PollingOperator) -> HTMLResponse:
    """Return the part of the dashboard that changes, for its script."""
    return await _page(operator, "dashboard_state.html")


async def _page(operator: Operator, template: str) -> HTMLResponse:
    snapshot = await operator.console.dashboard.current()
    return operator.page(template, **_context(snapshot), temporal_ui=operator.console.temporal_ui)


def _context(snapshot: Snapshot) -> dict[str, Any]:
    overview, shares = snapshot.overview, snapshot.shares
    return {
        "snapshot": snapshot,
        "headline": dashboard.headline(snapshot),
        "words": dashboard.WORDS,
        "under_way": dashboard.under_way(overview) if overview else None,
        "ended": dashboard.ended(snapshot.ended) if snapshot.ended is not None else None,
        "held": dashboard.held(overview) if overview else [],
        "oldest": dashboard.oldest(overview.oldest) if overview and overview.oldest else None,
        "periods": list(PERIODS),
        "share_rows": dashboard.share_rows(shares) if shares is not None else None,
    }
