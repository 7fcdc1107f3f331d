"""CAPTCHAs, as an image and as French audio, and a new one on demand."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from web.captcha.picture import draw
from web.captcha.speech import speak
from web.context.app_context import AppContext, CurrentApp
from web.context.browser_session import CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha

router = APIRouter()


@router.get("/captcha/{captcha_id}.png")
async def picture(captcha_id: str, app: CurrentApp) -> Response:
    """Return the image of a CAPTCHA, or 404 when it is used or has expired."""
    return await _rendered(app, captcha_id, draw, "image/png")


@router.get("/captcha/{captcha_id}.wav")
async def speech(captcha_id: str, app: CurrentApp) -> Response:
    """Return the digits of a CAPTCHA spoken in French, or 404 when it is used or has expired."""
    return await _rendered(app, captcha_id, speak, "audio/wav")


@router.post("/captcha", responses={403: {"description": "Not our form", "content": {"text/html": {}}}})
async def another(request: Request, browser: CurrentBrowser) -> Response:
    """Return the id of a new CAPTCHA for the form that the browser shows."""
    form = await submitted_form.read(request)
    captcha = new_captcha(browser.app, browser.require_csrf(form["csrf"]))
    return JSONResponse({"id": captcha.id})


async def _rendered(app: AppContext, captcha_id: str, render: Callable[[str], bytes], media_type: str) -> Response:
    answer = await app.services.captchas.answer(captcha_id)
    if answer is None:
        raise HTTPException(404)
    return Response(await asyncio.to_thread(render, answer), media_type=media_type)
