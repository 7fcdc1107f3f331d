"""Every attempt at a sign-in, a code or a proof is journalled: an opaque who, the outcome, a hash of the address."""

import pytest
from sqlalchemy import select

from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.evidence.access_trace import AddressHashes
from activities.security.hashing import KeyedHash
from activities.store.tables import journal
from demo.client.voter import hidden_fields
from tests.support.code_request import voter_of
from tests.support.web_app import WebApp, settings_of
from tests.web.routers.identifier_and_password_steps import steps

# The address of httpx2's transport, which the application sees as that of the connection.
_ADDRESS = "127.0.0.1"
_TRACE = select(journal.c.event, journal.c.outcome, journal.c.address_hash).where(journal.c.event.like("access:%"))


async def _traces(web_app: WebApp, actor: str) -> list[tuple[str, str]]:
    """Return event and outcome of an actor's traces, each of which has the hash of this test's address."""
    keyed, database = KeyedHash(key_bytes(settings_of("").pepper)), web_app.services.database
    hashed = await AddressHashes(database, keyed, utc_now).hash(_ADDRESS)
    async with database.reading() as connection:
        mine = _TRACE.where(journal.c.actor == actor).order_by(journal.c.number)
        found = (await connection.execute(mine)).all()
    assert {each.address_hash for each in found} <= {hashed}
    return [(each.event, each.outcome) for each in found]


async def _sends(web_app: WebApp, url: str, cookie: str = "", **typed: str) -> int:
    async with web_app.browser() as browser:
        browser.cookies.set("session", cookie)
        page = await browser.get(url)
        fields = hidden_fields(page.text)
        if "captcha_id" in fields:
            fields["captcha"] = await web_app.services.captchas.answer(fields["captcha_id"]) or ""
        return (await browser.post(url, data={**fields, **typed})).status_code


@pytest.mark.parametrize("on_the_roll", [True, False])
async def test_a_sign_in_leaves_a_trace(web_app: WebApp, *, on_the_roll: bool) -> None:
    """Under the elector's id, or under the opaque subject of an identifier that nobody has."""
    person = await web_app.new_elector()
    typed = person.work_email if on_the_roll else "nobody.820@ac-lyon.fr"
    actor = person.id if on_the_roll else (await web_app.services.roll.claimant(typed)).subject
    for password in ("wrong", person.password):
        await _sends(
            web_app, "/connexion/mot-de-passe", (await web_app.before_password(typed)).cookie, password=password
        )
    last = ("access:sign_in:accepted", "accepted") if on_the_roll else ("access:sign_in:refused", "wrong_proof")
    assert await _traces(web_app, actor) == [("access:sign_in:refused", "wrong_proof"), last]


async def test_a_sign_in_to_the_voting_space_leaves_a_trace(web_app: WebApp) -> None:
    """2018 and 2011: with the notice's identifier."""
    typed = "nobody's 811"
    assert await _sends(web_app, "/vote/connexion", identifier=typed, password="wrong") == 422
    subject = (await web_app.services.roll.voting_space_claimant(typed)).subject
    assert await _traces(web_app, subject) == [("access:sign_in:refused", "wrong_proof")]


async def test_a_voting_code_leaves_a_trace(web_app: WebApp) -> None:
    """Right or wrong."""
    person = await web_app.new_elector()
    for code in ("wrong", person.voting_code):
        await _sends(web_app, "/vote", (await web_app.signed_in(person)).cookie, voting_code=code)
    expected = [("access:voting_code:refused", "wrong_proof"), ("access:voting_code:accepted", "accepted")]
    assert await _traces(web_app, person.id) == expected


@pytest.mark.parametrize(("answer", "outcome"), [("Marron", "wrong_proof"), ("Orme", "accepted")])
async def test_a_proof_leaves_a_trace(web_app: WebApp, answer: str, outcome: str) -> None:
    """2022: beside the verdict, which the worker journals without an address."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        await voter_of(browser, person).ask(answer=answer)
    word = "accepted" if outcome == "accepted" else "refused"
    assert await _traces(web_app, person.id) == [(f"access:proof:{word}", outcome)]


async def test_a_wrong_proof_behind_a_link_leaves_a_trace(web_app: WebApp) -> None:
    """2011: NUMEN and département are checked by the web, and were in no journal."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        voter = await steps(web_app, person, browser)
        await voter.proves(birth_department="2A")
        await voter.proves()
    expected = [("access:proof:refused", "wrong_proof"), ("access:proof:accepted", "accepted")]
    assert await _traces(web_app, person.id) == expected


@pytest.mark.parametrize("url", ["/sans-notice", "/reassort/mot-de-passe"])
async def test_an_anonymous_request_leaves_a_trace_without_a_verdict(web_app: WebApp, url: str) -> None:
    """The web does not learn it: the pages are the same for everyone."""
    typed = f"nobody.816@ac-lyon{url.replace('/', '.')}.fr"
    if url == "/sans-notice":
        await _sends(web_app, url, identifier=typed)
    else:
        await _confirms(web_app, url, typed)
    subject = (await web_app.services.roll.claimant(typed)).subject
    assert await _traces(web_app, subject) == [("access:request:submitted", "")]


async def test_an_anonymous_request_for_an_identifier_leaves_a_trace(web_app: WebApp) -> None:
    """2018: under the opaque subject of the NUMEN."""
    numen = "18E0000817ABC"
    typed = {"numen": numen, "phone": "06 12 34 58 17", "birth_date": "02/05/1985"}
    async with web_app.browser() as browser:
        fields = hidden_fields((await browser.get("/reassort/identifiant")).text)
        fields["captcha"] = await web_app.services.captchas.answer(fields["captcha_id"]) or ""
        checked = await browser.post("/reassort/identifiant", data={**fields, **typed})
        page = await browser.get(checked.headers["location"])
        await browser.post(checked.headers["location"], data=hidden_fields(page.text))
    subject = web_app.services.identifiers.proof.subject(numen)
    assert await _traces(web_app, subject) == [("access:request:submitted", "")]


async def _confirms(web_app: WebApp, url: str, typed: str) -> None:
    async with web_app.browser() as browser:
        fields = hidden_fields((await browser.get(url)).text)
        fields["captcha"] = await web_app.services.captchas.answer(fields["captcha_id"]) or ""
        page = await browser.post(url, data={**fields, "identifier": typed})
        await browser.post(f"{url}/confirmation", data={"identifier": typed, **hidden_fields(page.text)})
