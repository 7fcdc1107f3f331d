"""The web while Temporal is away: what needs no recovery works, the rest says so."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client

from activities.config.clock import utc_now
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.recoveries.links import LinkRecord, NewLink
from activities.security import sealed_display
from activities.store.database import Database
from activities.upkeep.heartbeat import TEMPORAL
from demo.client.voter import hidden_fields
from election.stages import Channel
from election.verdicts import LinkVerdict
from tests.support.people import CAMILLE
from tests.support.web_app import WebApp, build_web_app, open_election, settings_of
from tests.workflows.scripted.environment import server
from web.clients.voting_code import workflow_id_of
from workflows.contracts import options

_INTERRUPTED = "Le traitement des demandes est interrompu"
PLACE = LinkRecord(workflow_id_of(CAMILLE.id), "link", LinkVerdict.LIVE)


@pytest_asyncio.fixture(scope="module")
async def stopped() -> Client:
    """The client of a Temporal server that has stopped."""
    async with server() as environment:
        return environment.client


@pytest_asyncio.fixture
async def alone(database: Database, stopped: Client, tmp_path: Path) -> WebApp:
    """The application, after its Temporal server has stopped."""
    return await build_web_app(settings_of("postgresql://unused"), open_election(tmp_path), database, stopped)


async def test_the_portal_and_the_voting_page_need_no_recovery(alone: WebApp) -> None:
    """An elector who has a code can vote, whatever has happened to the recoveries."""
    tokens = await alone.signed_in()
    async with alone.browser(cookie=f"session={tokens.cookie}") as browser:
        pages = {path: (await browser.get(path)).status_code for path in ("/portail", "/vote", "/aide", "/")}
    assert set(pages.values()) == {200}, pages


async def test_the_follow_up_page_needs_no_temporal(alone: WebApp) -> None:
    """The page and the JSON say where the recovery stands, and that nothing moves meanwhile, as the banner of other pages does."""
    link = LinkOf(workflow_id_of(CAMILLE.id), "link")
    async with alone.services.database.writing() as connection:
        end = utc_now() + timedelta(days=1)
        await progress.begin(connection, link, Channel.SMS, hint="•• 78", sends_left=3, dies_at=end)
    tokens = await alone.signed_in()
    async with alone.browser(cookie=f"session={tokens.cookie}") as browser:
        page = await browser.get("/reassort/suivi")
        told = await browser.get("/reassort/suivi.json")
        others = [await browser.get(path) for path in ("/portail", "/reassort/code-de-vote")]
        await alone.services.heartbeat.beat([options.RECOVERIES, options.MESSAGING, TEMPORAL])
        moving = [await browser.get(path) for path in ("/reassort/suivi", "/portail", "/reassort/code-de-vote")]
        told_again = await browser.get("/reassort/suivi.json")
    assert {each.status_code for each in (page, told, *others, *moving)} == {200}
    assert [_INTERRUPTED in each.text for each in (page, *others)] == [True] * 3
    assert [_INTERRUPTED in each.text for each in moving] == [False] * 3
    assert (told.json()["stage"], told.json()["hint"]) == ("Sending", "•• 78")
    assert (told.json()["is_stalled"], told_again.json()["is_stalled"]) == (True, False)


async def test_a_request_that_got_no_answer_is_followed(alone: WebApp) -> None:
    """It may have been taken: the button of an elector who has signed in leads to where that is seen."""
    tokens, first = await alone.signed_in(), "/reassort/code-de-vote"
    answers = {"answer": CAMILLE.answer, "proof": CAMILLE.numen, "channel": "email", "email": "c@exemple.fr"}
    async with alone.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        for step in ("question-defi", "destination"):
            led = await browser.post(f"{first}/{step}", data={"csrf": tokens.csrf, **answers})
            assert led.status_code == 303
        form = hidden_fields((await browser.get(f"{first}/verification")).text)
        sent = await browser.post(f"{first}/verification", data=form)
    assert (sent.status_code, "Réessayer" in sent.text) == (503, False)
    assert re.search(r'href="/reassort/suivi"[^>]*>\s*Suivre ma demande', sent.text)


async def test_a_links_page_needs_no_recovery(alone: WebApp) -> None:
    """A live link says that it cannot be used now, and shows its button: nothing is lost by pressing it too early.

    The page then leads back to the link. Whether messages are sent does not matter.
    """
    async with alone.services.database.writing() as connection:
        await alone.services.links.register(connection, PLACE.workflow_id, NewLink(PLACE.link_id), "elector")
    link = f"/lien/{alone.services.links.token(PLACE.workflow_id, PLACE.link_id)}"
    async with alone.browser() as browser:
        page = await browser.get(link)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf
        pressed = await browser.post(link, data={"csrf": csrf[1]})
        await alone.services.heartbeat.beat([options.RECOVERIES, TEMPORAL])
        again = await browser.get(link)
        led = await browser.get(f"{link}?suite")
    assert [_INTERRUPTED in each.text for each in (page, again)] == [True, False]
    assert (page.status_code, pressed.status_code, again.status_code) == (200, 503, 200)
    for answer in (pressed, led):
        assert "Service momentanément indisponible" in answer.text
        assert f'href="{link}?suite"' in answer.text
        assert "/reassort/suivi" not in answer.text
        assert answer.headers["refresh"] == f"10; url={link}?suite"


async def test_a_link_that_the_database_says_is_used_is_refused_without_asking_its_recovery(alone: WebApp) -> None:
    """Also when the workflow was reset, and would accept the link again."""
    public = sealed_display.public_key_of(sealed_display.new_seed())
    spent = replace(PLACE, ending=LinkVerdict.USED)
    assert await alone.context.voting_code_client.open_link(spent, public) is LinkVerdict.USED
