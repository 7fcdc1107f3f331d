"""What was typed as identifier is shown on the page after it, with the way to correct it."""

import re

import httpx2

from demo.client.voter import hidden_fields
from tests.support.people import CAMILLE
from tests.support.web_app import WebApp

_SIGN_IN, _FORGOTTEN = "/connexion", "/reassort/mot-de-passe"
_TYPED = "camile.durand@ac-lyon.fr"


async def _types(web_app: WebApp, browser: httpx2.AsyncClient, path: str) -> httpx2.Response:
    form = hidden_fields((await browser.get(path)).text)
    captcha = await web_app.services.captchas.answer(form["captcha_id"])
    return await browser.post(path, data=form | {"identifier": _TYPED, "captcha": captcha})


def _main(page: httpx2.Response) -> str:
    return page.text.partition("<main")[2].partition("</main>")[0]


async def test_the_password_s_page_says_who_signs_in(web_app: WebApp) -> None:
    """« Modifier » leads back to the first page, which has what was typed."""
    async with web_app.browser() as browser:
        page = await browser.get((await _types(web_app, browser, _SIGN_IN)).headers["location"])
        assert f'<strong class="address">{_TYPED}</strong>' in _main(page)
        assert re.search(rf'href="{_SIGN_IN}">Modifier', _main(page))
        assert f'value="{_TYPED}"' in (await browser.get(_SIGN_IN)).text
    async with web_app.browser(
        cookie=f"session={(await web_app.before_password(CAMILLE.work_email)).cookie}"
    ) as other:
        assert _TYPED not in (await other.get("/connexion/mot-de-passe")).text
        assert _TYPED not in (await other.get(_SIGN_IN)).text


async def test_the_confirmation_of_a_new_password_says_whose(web_app: WebApp) -> None:
    """On the roll or not: it is what was typed."""
    async with web_app.browser() as browser:
        page = await _types(web_app, browser, _FORGOTTEN)
    assert f'<strong class="address">{_TYPED}</strong>' in _main(page)
    assert re.search(rf'href="{_FORGOTTEN}">Modifier', _main(page))
