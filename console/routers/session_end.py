"""How long the session lasts without another page, for the page that warns before its end; and to keep it alive."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse

from console.context.console_context import CurrentConsole
from console.context.operator import Operator, operator_of, require_csrf
from console.context.pages import HOME

router = APIRouter(prefix=f"{HOME}/session.json")


@router.get("")
async def left(request: Request, console: CurrentConsole) -> JSONResponse:
    """Return the seconds that are left, 0 once it is over; to ask does not keep the session alive."""
    return _left(await operator_of(request, console, keeps_alive=False))


@router.post("")
async def stay(request: Request, console: CurrentConsole, csrf: Annotated[str, Form()] = "") -> JSONResponse:
    """Keep the session alive, as each page does, and return the seconds that are left."""
    operator = await operator_of(request, console, keeps_alive=False)
    if operator is not None:
        require_csrf(operator, csrf)
        operator = await operator_of(request, console)
    return _left(operator)


def _left(operator: Operator | None) -> JSONResponse:
    return JSONResponse({"left": operator.session_left if operator else 0})
