"""The pages of a voting code's recovery say why a request must wait, before the form is filled in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import delete

from activities.accounts.credentials import Credentials, Kind
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.store.tables import sessions
from demo.client.voter import VERIFICATION
from election.attempts import AttemptRules, ProofAttemptRules
from election.verdicts import Verdict
from tests.support.code_request import voter_of
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.app import create_app
from web.routers import follow

CHOICE = "/reassort/code-de-vote"
FORM = f"{CHOICE}/question-defi"


@pytest_asyncio.fixture
async def voter(web_app: WebApp) -> AsyncIterator[tuple[Person, httpx2.AsyncClient, str]]:
    """An elector who has signed in, with a browser and the hidden field of its forms."""
    person = await web_app.new_elector()
    tokens = await web_app.signed_in(person)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        yield person, browser, tokens.csrf


Voter = tuple[Person, httpx2.AsyncClient, str]


async def _recover_password(web_app: WebApp, person: Person) -> None:
    database = web_app.services.database
    async with database.writing() as connection:
        link_id = f"link-{person.id}"[:64]
        await Credentials(database, utc_now).replace(connection, person.id, Kind.PASSWORD, link_id, "new", mac="")


async def test_after_a_recovered_password_the_choice_says_until_when(web_app: WebApp, voter: Voter) -> None:
    """The challenge question is not offered, its form leads back here, and a form sent all the same reads the same."""
    person, browser, _ = voter
    filled_in = await voter_of(browser, person).fill_in()
    assert filled_in.headers["location"] == VERIFICATION
    await _recover_password(web_app, person)
    page = await browser.get(CHOICE)
    assert "Votre mot de passe a été remplacé il y a peu." in page.text
    assert "après le" in page.text
    assert FORM not in page.text.split("<main", 1)[1]
    form = await browser.get(FORM)
    assert (form.status_code, form.headers["location"]) == (303, CHOICE)
    sent = await voter_of(browser, person).send(VERIFICATION)
    assert sent.status_code == 429
    assert "Votre mot de passe a été remplacé il y a peu." in sent.text


async def test_ten_wrong_proofs_say_how_to_reach_support(web_app: WebApp, voter: Voter) -> None:
    """On the choice, instead of the proofs, and as the answer to a form; the vote stays possible."""
    person, browser, _ = voter
    rules = AttemptRules(free_failures=100)
    locking = Attempts(web_app.services.database, rules, utc_now)
    for number in range(ProofAttemptRules().max_failures):
        assert await locking.count(Attempt(person.id, AttemptScope.RECOVERY, f"try-{number}")) is None
    refusal = await locking.refusal(person.id, AttemptScope.RECOVERY)
    assert refusal is None
    strict = Attempts(web_app.services.database, ProofAttemptRules(), utc_now)
    assert await strict.count(Attempt(person.id, AttemptScope.RECOVERY, "eleventh")) is None
    context = replace(web_app.context, services=replace(web_app.context.services, proof_attempts=strict))
    here = replace(web_app, context=context, app=create_app(context))
    refusal = await strict.refusal(person.id, AttemptScope.RECOVERY)
    assert refusal is not None
    assert refusal.verdict is Verdict.LOCKED
    async with here.browser() as again:
        again.cookies.set("session", browser.cookies["session"])
        page = await again.get(CHOICE)
        form = await again.get(FORM)
    assert "Trop d’essais ont échoué à la suite" in page.text
    assert web_app.context.election.support.shown_telephone in page.text
    assert FORM not in page.text.split("<main", 1)[1]
    assert (form.status_code, form.headers["location"]) == (303, CHOICE)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of the open pages looks again at once."""
    monkeypatch.setattr("web.following.feed._EVERY", timedelta(milliseconds=10))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("by_password", [False, True])
async def test_a_session_that_ends_ends_its_event_streams(
    web_app: WebApp, voter: Voter, by_password: bool
) -> None:
    """Within two seconds, in another tab and in another process: signed out, or the password was recovered."""
    person, browser, csrf = voter
    await web_app.voting_code_link(person)
    stream = asyncio.create_task(browser.get("/reassort/suivi/evenements", timeout=30))
    done, _ = await asyncio.wait([stream], timeout=1.5)
    assert not done
    if by_password:
        async with web_app.services.database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.elector_id == person.id))
    else:
        assert (await browser.post("/deconnexion", data={"csrf": csrf})).status_code == 303
    answer = await asyncio.wait_for(stream, 2)
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.usefixtures("quick")
async def test_a_stream_without_news_is_kept_open_by_pings(
    web_app: WebApp, voter: Voter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies close a connection that says nothing; the page is told its one event once."""
    monkeypatch.setattr(follow, "PING_AFTER", 0.05)
    person, browser, csrf = voter
    await web_app.voting_code_link(person)
    await web_app.context.feed.look_whether_stalled()  # no worker runs here: that is no news
    stream = asyncio.create_task(browser.get("/reassort/suivi/evenements", timeout=30))
    done, _ = await asyncio.wait([stream], timeout=0.5)
    assert not done
    await browser.post("/deconnexion", data={"csrf": csrf})
    text = (await asyncio.wait_for(stream, 2)).text
    assert text.count(": ping\n\n") > 1
    assert text.count("event: status") == 1
