"""What was typed as identifier is shown on the page after it, with the way to correct it."""

import re

import httpx2
import pytest

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


@pytest.mark.parametrize("first", [_SIGN_IN, _FORGOTTEN])
async def test_a_forgotten_password_s_form_has_what_was_typed(web_app: WebApp, first: str) -> None:
    """By « Modifier », or from the sign-in's page of the password; not in another session, nor once the link is asked for."""
    async with web_app.browser() as browser:
        page = await _types(web_app, browser, first)
        assert f'value="{_TYPED}"' in (await browser.get(_FORGOTTEN)).text
        async with web_app.browser() as other:
            await other.get(_SIGN_IN)
            assert _TYPED not in (await other.get(_FORGOTTEN)).text
        if first == _FORGOTTEN:
            sent = await browser.post(f"{_FORGOTTEN}/confirmation", data=hidden_fields(page.text))
            assert sent.status_code == 303
            assert _TYPED not in (await browser.get(_FORGOTTEN)).text


async def test_the_identifier_of_another_session_is_not_shown(web_app: WebApp) -> None:
    """The browser's cookie is bound to the session in which it was typed."""
    async with web_app.browser() as browser:
        await _types(web_app, browser, _FORGOTTEN)
        browser.cookies.delete("session")
        assert _TYPED not in (await browser.get(_FORGOTTEN)).text
