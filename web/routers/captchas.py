"""CAPTCHAs, in image and in French audio, and a new one on demand."""

import asyncio

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from web.captcha.picture import draw
from web.captcha.speech import speak
from web.context.app_context import CurrentApp
from web.context.browser_session import CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha

router = APIRouter()


@router.get("/captcha/{captcha_id}.png")
async def picture(captcha_id: str, app: CurrentApp) -> Response:
    """Return the image of a CAPTCHA, or 404 when it is used or too old."""
    answer = await app.services.captchas.answer(captcha_id)
    if answer is None:
        raise HTTPException(404)
    return Response(await asyncio.to_thread(draw, answer), media_type="image/png")


@router.get("/captcha/{captcha_id}.wav")
async def speech(captcha_id: str, app: CurrentApp) -> Response:
    """Return a CAPTCHA's digits spoken in French, or 404 when it is used or too old."""
    answer = await app.services.captchas.answer(captcha_id)
    if answer is None:
        raise HTTPException(404)
    return Response(await asyncio.to_thread(speak, answer), media_type="audio/wav")


@router.post("/captcha", responses={403: {"description": "Not our form", "content": {"text/html": {}}}})
async def another(request: Request, browser: CurrentBrowser) -> Response:
    """Return the id of a new CAPTCHA for the form that the browser shows."""
    form = await submitted_form.read(request)
    captcha = new_captcha(browser.app, browser.check(form["csrf"]))
    return JSONResponse({"id": captcha.id})
