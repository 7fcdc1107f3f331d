"""« Ce n’était pas moi »: the page of a notice's link explains, its button pauses the elector's recoveries."""

import asyncio
import re
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select
from structlog.testing import capture_logs

from activities.proofs.attempts import AttemptScope
from activities.recoveries.notices import NoticeKind
from activities.store.objection_table import objections
from activities.store.tables import journal
from demo.client.voter import VERIFICATION
from election.procedures import Procedure, reference_of
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.code_request import voter_of
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp, assert_valid_response
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import workflow_id_of
from web.presenters import sentences
from web.presenters.objection import objected, unusable


@dataclass(frozen=True)
class Told:
    """An elector whose work mailbox was told of a request, with the path of its link and of the notice's."""

    web_app: WebApp
    person: Person
    link: str
    objection: str

    async def press(self, browser: httpx2.AsyncClient, address: str = "") -> httpx2.Response:
        """Open the notice's link and press its button."""
        hidden = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(self.objection)).text)
        assert hidden
        return await browser.post(address or self.objection, data={"csrf": hidden[1]})

    async def asks(self, form_id: str) -> Verdict:
        """Return the answer to a request with right proofs."""
        person = self.person
        request = ChallengeRequest(form_id, person.answer, person.numen, Channel.SMS, "+33612345678", "")
        return (await self.web_app.context.voting_code_client.submit(person.id, request)).verdict

    async def is_paused(self) -> bool:
        """Return whether the elector's recoveries are paused."""
        return await self.web_app.services.objection_pauses.refusal(self.person.id) is not None


@pytest_asyncio.fixture
async def told(web_app: WebApp) -> Told:
    """An elector with a live link, and the link of the notice that it was asked for."""
    person = await web_app.new_elector()
    link_record = await web_app.voting_code_link(person)
    query = select(objections.c.notice_id).where(objections.c.elector_id == person.id)
    async with web_app.services.database.reading() as connection:
        notice_id = (await connection.execute(query)).scalar_one()
    assert notice_id.endswith(f"-{NoticeKind.REQUESTED}")
    token = web_app.services.objection_links.token(workflow_id_of(person.id), notice_id)
    return Told(web_app, person, web_app.link(link_record), f"/opposition/{token}")


async def test_the_page_explains_and_changes_nothing(told: Told) -> None:
    """Opened by a scanner, with GET and HEAD: it names the recovery and when, and what the button does."""
    async with told.web_app.browser() as scanner:
        assert (await scanner.head(told.objection)).status_code == 200
        page = await scanner.get(told.objection)
        assert_valid_response(page)
        assert "Remplacement du code de vote" in page.text
        assert "Le vote n’est pas suspendu" in page.text
        assert "Ce n’était pas moi</button>" in page.text
        assert told.person.work_email not in page.text
        assert (await scanner.get(told.link)).status_code == 200
    assert not await told.is_paused()


async def test_the_button_stops_the_live_link_and_refuses_new_requests(told: Told) -> None:
    """It says whom to call with which reference; the link reads « interrompu »; a new request says why it is refused."""
    async with told.web_app.browser() as browser:
        made = await told.press(browser)
        assert made.status_code == 200
        assert reference_of(told.person.id) in made.text
        assert told.web_app.context.election.support.email in made.text
        assert await told.is_paused()
        stopped = await browser.get(told.link)
        assert (stopped.status_code, "Lien interrompu" in stopped.text) == (410, True)
        assert "Faire une nouvelle demande" not in stopped.text
    status = told.web_app.context.voting_code_client.status
    await until(lambda: _has_ended(told))
    known = await status(told.person.id)
    assert known is not None
    assert known.stage is Stage.CANCELLED
    tokens = await told.web_app.signed_in(told.person)
    async with told.web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        for page in ("/reassort/code-de-vote", "/reassort/mot-de-passe", "/reassort/identifiant", "/sans-notice"):
            shown = await browser.get(page)
            assert "Une opposition a été faite" in shown.text, page
            assert "<form" not in shown.text.partition("<main")[2].partition("</main>")[0], page
        record = await browser.get("/portail/reassorts")
    assert "Les demandes sont suspendues" in record.text
    assert "opposition faite depuis la messagerie professionnelle" in record.text
    assert_valid_response(record)


async def _has_ended(told: Told) -> bool:
    known = await told.web_app.context.voting_code_client.status(told.person.id)
    return known is not None and known.stage is Stage.CANCELLED


async def test_a_request_during_the_pause_says_why_it_is_refused(told: Told) -> None:
    """Also of somebody who has the form open since before."""
    async with told.web_app.browser() as browser:
        await told.press(browser)
    await until(lambda: _has_ended(told))
    assert await told.asks("another form") is Verdict.OBJECTED
    election, now = told.web_app.context.election, told.web_app.context.now()
    sentence = sentences.refusal(Procedure.VOTING_CODE, Verdict.OBJECTED, None, election, now)
    assert sentence == objected(election)
    assert sentences.refusal_status(Verdict.OBJECTED) == 422


async def test_who_presses_again_during_the_pause_reads_the_same_each_time(told: Told) -> None:
    """From a check page that was open before: no try is counted, and no wait is told in its place."""
    tokens = await told.web_app.signed_in(told.person)
    async with told.web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        voter = voter_of(browser, told.person)
        assert (await voter.fill_in()).headers["location"] == VERIFICATION
        async with told.web_app.browser() as mailbox:
            await told.press(mailbox)
        for _again in range(7):
            refused = await voter.send(VERIFICATION)
            assert (refused.status_code, "Une opposition a été faite" in refused.text) == (422, True)
    attempts = told.web_app.services.proof_attempts
    assert await attempts.failures(told.person.id, AttemptScope.RECOVERY) == 0


async def test_two_clicks_at_once_are_one_objection(told: Told) -> None:
    """Neither browser reads a fault; a later click reads that the link was used, with whom to call."""
    async with told.web_app.browser() as one, told.web_app.browser() as other:
        answers = await asyncio.gather(told.press(one), told.press(other))
        assert {answer.status_code for answer in answers} <= {200, 410}
        assert 200 in {answer.status_code for answer in answers}
        for later in (await one.get(told.objection), await _press_again(told, one)):
            assert (later.status_code, "Lien déjà utilisé" in later.text) == (410, True)
            assert told.web_app.context.election.support.email in later.text
    mine = select(journal.c.event).where(journal.c.actor == told.person.id, journal.c.event.like("objection:%"))
    async with told.web_app.services.database.reading() as connection:
        assert (await connection.execute(mine)).scalars().all() == ["objection:recoveries:paused"]


async def _press_again(told: Told, browser: httpx2.AsyncClient) -> httpx2.Response:
    found = await told.web_app.services.objection_links.find(told.objection.removeprefix("/opposition/"))
    assert found is not None
    csrf = told.web_app.context.form_tokens.make(found.notice_id)
    return await browser.post(told.objection, data={"csrf": csrf})


async def test_a_click_needs_the_page_s_own_field(told: Told) -> None:
    """Neither a form without it nor one of another link's page pauses anybody."""
    async with told.web_app.browser() as browser:
        for data in ({}, {"csrf": "x"}, {"csrf": told.web_app.context.form_tokens.make("another notice")}):
            assert (await browser.post(told.objection, data=data)).status_code == 403
        elsewhere = await browser.post(told.objection, headers={"sec-fetch-site": "cross-site"})
        assert elsewhere.status_code == 403
    assert not await told.is_paused()


@pytest.mark.parametrize("mangled", ["{}.", "{}%3E", "%3C{}%20", "{}%0D%0A"])
async def test_a_mangled_address_works_as_the_link(told: Told, mangled: str) -> None:
    """As mail programs and people mangle it; an unknown one is 404, with what to do."""
    token = told.objection.removeprefix("/opposition/")
    async with told.web_app.browser() as browser:
        assert (await browser.get(f"/opposition/{mangled.format(token.upper())}")).status_code == 200
        for unknown in (f"/opposition/{token[:-1]}", "/opposition/x", "/opposition/%00"):
            for answer in (await browser.get(unknown), await browser.post(unknown)):
                assert (answer.status_code, "Lien inconnu" in answer.text) == (404, True)
        made = await told.press(browser, f"/opposition/{mangled.format(token)}")
    assert made.status_code == 200


async def test_support_lifts_the_pause(told: Told) -> None:
    """Then a new request is accepted, and the link of the notice stays used."""
    async with told.web_app.browser() as browser:
        await told.press(browser)
        await until(lambda: _has_ended(told))
        async with told.web_app.services.database.writing() as connection:
            assert await told.web_app.services.objection_pauses.lift(connection, told.person.id)
        assert await told.asks("another form") is Verdict.ACCEPTED
        assert (await browser.get(told.objection)).status_code == 410


async def test_no_log_line_has_the_token(told: Told) -> None:
    """Of its page or of its button."""
    with capture_logs() as logs:
        async with told.web_app.browser() as browser:
            await told.press(browser)
    assert told.objection.removeprefix("/opposition/") not in str(logs)
    assert {line.get("path") for line in logs if "path" in line} == {"/opposition/•••"}


def test_a_link_that_has_expired_says_that_the_vote_is_closed(web_app: WebApp) -> None:
    """With whom to tell what has happened."""
    text = unusable(LinkVerdict.EXPIRED, web_app.context.election)
    assert text.title == "Lien expiré"
    assert "Le vote est clos" in text.reason
    assert web_app.context.election.support.email in text.advice
