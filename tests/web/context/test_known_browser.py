"""A browser that has signed in before can sign in, however often other people try the identifier."""

from dataclasses import replace
from http.cookies import SimpleCookie

import httpx2
import pytest
from sqlalchemy import update

from activities.accounts.credentials import Kind
from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.store.tables import credentials
from election.attempts import SignInAttemptRules
from tests.support.people import Person
from tests.support.sign_in import sign_in_of
from tests.support.web_app import WebApp, settings_of
from web.app import create_app

RULES = SignInAttemptRules()


KEYED = KeyedHash(key_bytes(settings_of("").pepper))
CHEAP = SlowHash(KEYED, memory_kib=8, passes=1)


def _with_a_limit(web_app: WebApp, slow: SlowHash) -> WebApp:
    """Return the same application, with a limit on wrong passwords."""
    sign_in = sign_in_of(web_app.services.database, slow, KEYED, utc_now, RULES)
    context = replace(web_app.context, services=replace(web_app.context.services, sign_in=sign_in))
    return replace(web_app, context=context, app=create_app(context))


@pytest.fixture
def strict(web_app: WebApp) -> WebApp:
    """The same application, with a limit on wrong passwords."""
    return _with_a_limit(web_app, CHEAP)


async def _signs_in(web_app: WebApp, voter: Person, password: str, known: str = "") -> httpx2.Response:
    tokens = await web_app.before_password(voter.work_email)
    cookies = f"session={tokens.cookie}; connu={known}"
    async with web_app.browser(cookie=cookies) as browser:
        return await browser.post("/connexion/mot-de-passe", data={"csrf": tokens.csrf, "password": password})


async def test_other_peoples_wrong_passwords_never_reach_a_browser_that_signed_in(strict: WebApp) -> None:
    """An unknown browser has to solve a CAPTCHA, and to type a code; the elector's own browser signs in."""
    voter = await strict.new_elector()
    first = await _signs_in(strict, voter, voter.password)
    cookie = SimpleCookie("\r\n".join(first.headers.get_list("set-cookie")))["connu"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/connexion", True, "lax")
    closes = (strict.context.election.calendar.vote.closes - utc_now()).total_seconds()
    assert abs(int(cookie["max-age"]) - closes) < 60
    for _ in range(RULES.free_failures):
        assert (await _signs_in(strict, voter, "wrong")).status_code == 422
    refused = await _signs_in(strict, voter, voter.password)
    assert refused.status_code == 422
    assert 'name="captcha"' in refused.text
    let_in = await _signs_in(strict, voter, voter.password, cookie.value)
    assert let_in.headers.get("location") == "/portail"
    assert "connu" not in refused.cookies


async def test_a_browser_stays_known_when_its_sign_in_renews_the_hash(web_app: WebApp) -> None:
    """A password whose hash has other parameters signs in; its cookie is of the new hash, which strangers' failures leave alone."""
    usual = _with_a_limit(web_app, SlowHash(KEYED))
    voter = await usual.new_elector()
    other = await CHEAP.make(Chosen.PASSWORD, voter.id, voter.password)
    mine = (credentials.c.elector_id == voter.id) & (credentials.c.kind == Kind.PASSWORD)
    async with usual.services.database.writing() as connection:
        await connection.execute(update(credentials).where(mine).values(hash=other))
    first = await _signs_in(usual, voter, voter.password)
    assert first.headers.get("location") == "/portail"
    claimant = await usual.services.roll.claimant(voter.work_email)
    assert (await usual.services.sign_in.password_credential(claimant)).hash != other
    for _ in range(RULES.free_failures):
        await _signs_in(usual, voter, "wrong")
    cookie = SimpleCookie("\r\n".join(first.headers.get_list("set-cookie")))["connu"]
    assert (await _signs_in(usual, voter, voter.password, cookie.value)).headers.get("location") == "/portail"
