"""A browser that has signed in before can sign in, however often other people try the identifier."""

from dataclasses import replace
from http.cookies import SimpleCookie

import httpx2
import pytest

from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.sign_in import SignIn
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempts
from activities.security.hashing import KeyedHash, SlowHash
from election.attempts import SignInAttemptRules
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.app import create_app

RULES = SignInAttemptRules()


@pytest.fixture
def strict(web_app: WebApp) -> WebApp:
    """The same application, with a limit on wrong passwords."""
    counting = Attempts(web_app.services.database, RULES, utc_now)
    browsers = KnownBrowsers(KeyedHash(b"a pepper for the tests, 32 bytes"))
    sign_in = SignIn(web_app.services.database, SlowHash(memory_kib=8, passes=1), counting, browsers)
    context = replace(web_app.context, services=replace(web_app.services, sign_in=sign_in))
    return replace(web_app, context=context, app=create_app(context))


async def _signs_in(web_app: WebApp, voter: Person, password: str, known: str = "") -> httpx2.Response:
    tokens = await web_app.before_password(voter.work_email)
    cookies = f"session={tokens.cookie}; connu={known}"
    async with web_app.browser(cookie=cookies) as browser:
        return await browser.post("/connexion/mot-de-passe", data={"csrf": tokens.csrf, "password": password})


async def test_other_peoples_wrong_passwords_never_pause_a_browser_that_signed_in(strict: WebApp) -> None:
    """An unknown browser has to wait, with the right password too; the elector's own browser signs in."""
    voter = await strict.new_elector(91)
    first = await _signs_in(strict, voter, voter.password)
    cookie = SimpleCookie("\r\n".join(first.headers.get_list("set-cookie")))["connu"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/connexion", True, "lax")
    closes = (strict.context.election.calendar.vote.closes - utc_now()).total_seconds()
    assert abs(int(cookie["max-age"]) - closes) < 60
    for _ in range(RULES.free_failures):
        assert (await _signs_in(strict, voter, "wrong")).status_code == 422
    refused = await _signs_in(strict, voter, voter.password)
    assert refused.status_code == 429
    assert "un navigateur qui a déjà servi" in " ".join(refused.text.split()).lower()
    let_in = await _signs_in(strict, voter, voter.password, cookie.value)
    assert let_in.headers.get("location") == "/portail"
    assert "connu" not in refused.cookies
