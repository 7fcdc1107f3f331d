"""A request for a voting code, page by page: nothing is sent before it was checked, and nothing typed is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio

from activities.config.clock import utc_now
from activities.recoveries.links import LinkRecord
from demo.client.voter import CHALLENGE, DESTINATION, VERIFICATION, Voter, hidden_fields
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.code_request import EMAIL, PHONE, voter_of
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.app import create_app
from web.clients.voting_code import workflow_id_of

FOLLOW = "/reassort/suivi"
SHOWN_PHONE = PHONE.replace(" ", "\u00a0")
AGAIN = "Vos réponses ne sont plus disponibles"


@dataclass
class Requester(Voter):
    """An elector who has signed in, and the application that answers."""

    elector: Person
    web_app: WebApp

    async def stage_of_request(self) -> Stage | None:
        """Return the stage of the elector's recovery, or None when nothing was requested."""
        status = await self.web_app.context.voting_code_client.status(self.elector.id)
        return status.stage if status else None

    def later(self, minutes: int) -> None:
        """Let the web's clock be ahead from now on."""
        context = replace(self.web_app.context, now=lambda: utc_now() + timedelta(minutes=minutes))
        self.http._transport = httpx2.ASGITransport(create_app(context))


@asynccontextmanager
async def _requester(web_app: WebApp, person: Person) -> AsyncIterator[Requester]:
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        yield Requester(browser, voter_of(browser, person).person, person, web_app)


@pytest_asyncio.fixture
async def voter(web_app: WebApp) -> AsyncIterator[Requester]:
    """An elector for one test."""
    async with _requester(web_app, await web_app.new_elector()) as voter:
        yield voter


async def test_nothing_is_sent_before_the_last_page(voter: Requester) -> None:
    """It shows the number in full with its country, and no proof; its button sends."""
    answer = await voter.fill_in()
    assert (answer.status_code, answer.headers["location"]) == (303, VERIFICATION)
    assert await voter.stage_of_request() is None
    page = await voter.page(VERIFICATION)
    assert page.status_code == 200
    assert SHOWN_PHONE in page.text
    assert "(France)" in page.text
    assert not [secret for secret in (voter.elector.answer, voter.elector.numen) if secret in page.text]
    sent = await voter.send(VERIFICATION)
    assert (sent.status_code, sent.headers["location"]) == (303, FOLLOW)
    assert await voter.stage_of_request() is not None


async def test_what_the_browser_keeps_is_sealed(voter: Requester) -> None:
    """Neither proofs nor contact can be read in its cookie, which scripts do not see."""
    answer = await voter.fill_in()
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/reassort", "Max-Age=900"))
    assert not [each for each in (voter.elector.answer, voter.elector.numen, PHONE) if each in cookie]


async def test_the_destination_is_changed_from_the_last_page(voter: Requester) -> None:
    """« Modifier » leads to the form with what was typed; the proofs are not asked again."""
    await voter.fill_in()
    assert f'href="{DESTINATION}"' in (await voter.page(VERIFICATION)).text
    assert PHONE in (await voter.page(DESTINATION)).text
    back = await voter.send(DESTINATION, channel="email", phone=PHONE, email=EMAIL)
    assert back.headers["location"] == VERIFICATION
    page = await voter.page(VERIFICATION)
    assert EMAIL in page.text
    assert SHOWN_PHONE not in page.text


async def test_changed_proofs_lead_back_to_the_last_page(voter: Requester) -> None:
    """« Modifier » of the proofs: an empty field keeps what was typed."""
    await voter.fill_in()
    link = f"{CHALLENGE}?modifier=1"
    assert f'href="{link}"' in (await voter.page(VERIFICATION)).text
    page = await voter.page(link)
    assert page.text.count("Réponse déjà saisie") == 2
    back = await voter.send(link, answer="", proof="")
    assert back.headers["location"] == VERIFICATION
    assert (await voter.send(VERIFICATION)).headers["location"] == FOLLOW


async def test_a_proof_of_a_wrong_shape_empties_no_other(voter: Requester) -> None:
    """The right one is kept, sealed: the page says so, and takes the form with the corrected one alone."""
    refused = await voter.send(CHALLENGE, answer=voter.elector.answer, proof="12")
    assert refused.status_code == 422
    assert refused.text.count("Réponse déjà saisie") == 1
    assert voter.elector.answer not in refused.text
    taken = await voter.send(CHALLENGE, answer="", proof=voter.elector.numen)
    assert taken.headers["location"] == DESTINATION


async def test_a_wrong_proof_leads_back_to_the_proofs(voter: Requester) -> None:
    """422, with both to be typed again; the destination is kept, and checked once more."""
    refused = await voter.ask(answer="Saule")
    assert refused.status_code == 422
    assert f'action="{CHALLENGE}"' in refused.text
    assert "Ces réponses ne correspondent pas." in refused.text
    assert "Réponse déjà saisie" not in refused.text
    missing = await voter.send(CHALLENGE, answer="", proof="")
    assert missing.status_code == 422
    corrected = await voter.send(
        CHALLENGE, answer=voter.elector.answer, proof=voter.elector.numen, after="verification"
    )
    assert corrected.headers["location"] == VERIFICATION
    assert SHOWN_PHONE in (await voter.page(VERIFICATION)).text
    assert (await voter.send(VERIFICATION)).headers["location"] == FOLLOW


async def test_wrong_proofs_tell_how_many_tries_are_left(voter: Requester) -> None:
    """The elector has signed in: four, three, two, one; the wait after the fifth, over at once here, is not called a try."""
    said = []
    for _ in range(5):
        refused = await voter.ask(answer="Saule")
        assert refused.status_code == 422
        said.append(refused.text)
    counts = ("4 essais", "3 essais", "2 essais", "1 essai")
    for page, count in zip(said[:4], counts, strict=True):
        assert f"Il vous reste {count} avant une attente." in page
        assert "le lien «\u00a0Réponse oubliée\u202f?\u00a0» dit ce que vous pouvez faire" in page
    assert "Il vous reste" not in said[4]


async def test_a_misspelt_domain_is_corrected_by_a_button(voter: Requester) -> None:
    """The suggestion is taken by the voter alone; then the page shows the address without one."""
    await voter.fill_in("email", email="camille@gmial.com")
    assert "camille@gmail.com" in (await voter.page(VERIFICATION)).text
    corrected = await voter.send(VERIFICATION, action="corriger")
    assert corrected.headers["location"] == VERIFICATION
    assert await voter.stage_of_request() is None
    page = await voter.page(VERIFICATION)
    assert "camille@gmail.com" in page.text
    assert "gmial" not in page.text
    assert 'value="corriger"' not in page.text


async def test_an_accepted_request_s_destination_can_be_changed(voter: Requester) -> None:
    """For fifteen minutes the follow-up page leads to the destination without the proofs; a minute passes between two sends."""
    await voter.ask()
    assert f'href="{DESTINATION}"' in (await voter.page(FOLLOW)).text
    assert "Changer de numéro ou d’adresse" in (await voter.page(FOLLOW)).text
    await voter.send(DESTINATION, channel="email", email=EMAIL)
    assert (await voter.send(VERIFICATION)).status_code == 429
    assert EMAIL in (await voter.page(VERIFICATION)).text
    voter.later(16)
    assert f'href="{CHALLENGE}"' in (await voter.page(FOLLOW)).text


@pytest.mark.parametrize("path", [DESTINATION, VERIFICATION])
async def test_a_draft_lives_fifteen_minutes(voter: Requester, path: str) -> None:
    """Afterwards each page leads to the first one, which says why; nothing was sent."""
    form = {"channel": "email", "email": EMAIL} if path == DESTINATION else {}
    await voter.fill_in()
    filled = await voter.filled(path, **form)
    voter.later(14)
    assert (await voter.page(path)).status_code == 200
    voter.later(16)
    for answer in (await voter.page(path), await voter.http.post(path, data=filled)):
        assert (answer.status_code, answer.headers["location"]) == (303, f"{CHALLENGE}?reprise=1")
        assert AGAIN in (await voter.page(answer.headers["location"])).text
    assert await voter.stage_of_request() is None


async def test_another_session_does_not_open_a_draft(web_app: WebApp, voter: Requester) -> None:
    """Even of the same elector, in the same browser."""
    await voter.fill_in()
    voter.http.cookies.set("session", (await web_app.signed_in(voter.elector)).cookie)
    assert (await voter.page(VERIFICATION)).headers["location"] == f"{CHALLENGE}?reprise=1"
    assert "Réponse déjà saisie" not in (await voter.page(CHALLENGE)).text


async def test_a_sign_out_ends_the_draft(voter: Requester) -> None:
    """The next person at this computer finds no cookie."""
    await voter.fill_in()
    assert "demande" in voter.http.cookies
    await voter.http.post("/deconnexion", data=await voter.filled(CHALLENGE))
    assert "demande" not in voter.http.cookies


async def test_a_code_that_was_noted_ends_the_draft(web_app: WebApp, voter: Requester) -> None:
    """A request with the same proofs would replace it."""
    await voter.ask()
    workflow_id = workflow_id_of(voter.elector.id)
    link_id = await web_app.newest_link(workflow_id)
    link = web_app.link(LinkRecord(workflow_id, str(link_id), LinkVerdict.LIVE))
    page = await voter.press(link)
    assert "demande" in voter.http.cookies
    await voter.http.post(f"{link}/note", data=hidden_fields(page.text))
    assert "demande" not in voter.http.cookies


async def test_a_destination_before_the_proofs_is_kept(voter: Requester) -> None:
    """A form that came back, as after another sign-in: the proofs are asked, and the last page shows it."""
    form = {"csrf": (await voter.filled(CHALLENGE))["csrf"], "channel": "email", "email": EMAIL}
    first = await voter.http.post(DESTINATION, data=form)
    assert first.headers["location"] == f"{CHALLENGE}?reprise=1"
    await voter.send(CHALLENGE, answer=voter.elector.answer, proof=voter.elector.numen)
    assert EMAIL in (await voter.page(DESTINATION)).text
