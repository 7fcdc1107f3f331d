"""The picture and the sound of a CAPTCHA: the same for everybody who asks, and not without end."""

import pytest

from tests.support.web_app import WebApp
from web.captcha.renderings import MAX_DELIVERIES


@pytest.mark.parametrize(("kind", "media_type"), [("png", "image/png"), ("wav", "audio/wav")])
async def test_a_captcha_is_always_the_same_and_loaded_a_limited_number_of_times(
    web_app: WebApp, kind: str, media_type: str
) -> None:
    """Beyond the limit the answer is 429, which says what to do; the button still gives a new one, and the old one can be solved."""
    services = web_app.services
    cookie, session = services.sessions.anonymous()
    csrf = web_app.context.form_tokens.make(session.id_hash)
    drawn = services.captchas.draw(session.id_hash)
    async with web_app.browser(cookie=f"session={cookie}") as browser:
        answers = [await browser.get(f"/captcha/{drawn}.{kind}") for _ in range(MAX_DELIVERIES + 1)]
        assert {answer.status_code for answer in answers[:-1]} == {200}
        assert {answer.headers["content-type"] for answer in answers[:-1]} == {media_type}
        assert len({answer.content for answer in answers[:-1]}) == 1
        assert answers[-1].status_code == 429
        assert "Nouveau code de sécurité" in answers[-1].text
        another = (await browser.post("/captcha", data={"csrf": csrf})).json()["id"]
        assert (await browser.get(f"/captcha/{another}.{kind}")).status_code == 200
    right = str(await services.captchas.answer(drawn))
    assert await services.captchas.spend(drawn, session.id_hash, right, "form")


async def test_without_scripts_the_button_gives_a_new_captcha_too(web_app: WebApp) -> None:
    """The form comes again with another id, whose picture is delivered."""
    cookie, session = web_app.services.sessions.anonymous()
    csrf = web_app.context.form_tokens.make(session.id_hash)
    drawn = web_app.services.captchas.draw(session.id_hash)
    async with web_app.browser(cookie=f"session={cookie}") as browser:
        sent = {"csrf": csrf, "captcha_id": drawn, "action": "captcha", "identifier": "a@ac-lyon.fr"}
        page = (await browser.post("/connexion", data=sent)).text
        assert drawn not in page
        another = page.partition('src="/captcha/')[2].partition(".png")[0]
        assert (await browser.get(f"/captcha/{another}.png")).status_code == 200
