"""CAPTCHAs, as an image and as French audio, and a new one on demand."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from web.captcha.renderings import Drawn, Renderings
from web.context.app_context import AppContext, CurrentApp
from web.context.browser_session import CurrentBrowser
from web.forms import submitted_form
from web.forms.captcha_field import new_captcha

router = APIRouter()


@router.get("/captcha/{captcha_id}.png")
async def picture(captcha_id: str, app: CurrentApp) -> Response:
    """Return the image of a CAPTCHA, always the same; 404 when it is used or has expired, 429 when it was loaded too often."""
    return await _rendered(app, captcha_id, app.captcha_renderings.pictures, "image/png")


@router.get("/captcha/{captcha_id}.wav")
async def speech(captcha_id: str, app: CurrentApp) -> Response:
    """Return the digits of a CAPTCHA spoken in French, always the same sound; 404 and 429 as for the image."""
    return await _rendered(app, captcha_id, app.captcha_renderings.sounds, "audio/wav")


@router.post("/captcha", responses={403: {"description": "Not our form", "content": {"text/html": {}}}})
async def another(request: Request, browser: CurrentBrowser) -> Response:
    """Return the id of a new CAPTCHA for the form that the browser shows."""
    form = await submitted_form.read(request)
    captcha = new_captcha(browser.app, browser.require_csrf(form["csrf"]))
    return JSONResponse({"id": captcha.id})


async def _rendered(app: AppContext, captcha_id: str, renderings: Renderings, media_type: str) -> Response:
    captchas = app.services.captchas
    answer = await captchas.answer(captcha_id)
    if answer is None:
        raise HTTPException(404)
    drawn = Drawn(captcha_id, answer, captchas.rendering_seed(captcha_id))
    return Response(await renderings.of(drawn), media_type=media_type)
