"""The health checks: whether this process lives, whether its pages work, and whether the whole system does."""

import asyncio
from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import JSONResponse

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.upkeep.heartbeat import BOUNCES, FORGOTTEN_AFTER, SILENT_AFTER, SMS_BOUND, WEBHOOK
from web.context.app_context import AppContext, CurrentApp
from workflows.contracts import options

router = APIRouter()
_ROLES = [options.RECOVERIES, options.MESSAGING]
_NO_DATABASE = "database: does not answer"
_DATABASE_TIMEOUT = 5.0  # seconds


@router.get("/livez")
async def liveness() -> JSONResponse:
    """Return 200: this process answers, whatever else does not. A supervisor restarts one that does not answer."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", responses={503: {"description": "This process cannot serve its pages"}})
async def readiness(app: CurrentApp) -> JSONResponse:
    """Return 200 when this process can serve pages, else 503: a proxy sends requests to another one.

    Every page needs the database. Temporal and the workers do not count: without them sign-in and the voting page work, and
    the other pages say what does not.
    """
    _, faults = await _silent(app, [])
    return _answer(faults)


@router.get("/healthz", responses={503: {"description": "Something does not work"}})
async def health(app: CurrentApp) -> JSONResponse:
    """Return 200 when web, workers, Temporal and database all work, else 503 with the reasons.

    The warnings need an operator, and are no reason for 503: gateways that are away, recoveries that wait or are stuck.
    """
    silent, faults = await _silent(app, [*_ROLES, SMS_BOUND])
    faults += [f"worker {role}: no sign of life" for role in silent if role in _ROLES]
    warnings = ["sms: not bound to the operator"] * (SMS_BOUND in silent)
    if await _has_stopped(app, WEBHOOK):
        warnings.append("sms: the webhook takes no receipts")
    if await _has_stopped(app, BOUNCES):
        warnings.append("email: no bounces are taken by LMTP")
    if app.france_connect and app.france_connect.fault:
        warnings.append(f"france_connect: {app.france_connect.fault}")
    if await app.temporal_answers():
        warnings += await app.warnings()
    else:
        faults.append("temporal: does not answer")
    return _answer(faults, warnings)


async def _silent(app: AppContext, roles: list[str]) -> tuple[list[str], list[str]]:
    """Return those of the roles that are silent, and what is wrong with the database."""
    try:
        async with asyncio.timeout(
            _DATABASE_TIMEOUT
        ):  # a database that stands still answers nothing, and ends nothing
            return await app.services.heartbeat.silent(roles), []
    except (DatabaseUnavailableError, DatabaseNotReadyError, TimeoutError):
        return [], [_NO_DATABASE]


async def _has_stopped(app: AppContext, role: str) -> bool:
    """Return whether a part that not every installation has is silent, and was not a day ago."""
    with suppress(DatabaseUnavailableError, DatabaseNotReadyError, TimeoutError):
        async with asyncio.timeout(_DATABASE_TIMEOUT):
            silence = (await app.services.heartbeat.silences()).get(role)
        return silence is not None and SILENT_AFTER < silence < FORGOTTEN_AFTER
    return False


def _answer(faults: list[str], warnings: list[str] | None = None) -> JSONResponse:
    more = {} if warnings is None else {"warnings": warnings}
    status = "failing" if faults else "ok"
    return JSONResponse({"status": status, "faults": faults, **more}, 503 if faults else 200)
