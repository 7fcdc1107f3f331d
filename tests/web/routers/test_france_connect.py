"""From the choice page through FranceConnect and back: only the elector's own identity is accepted, once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from activities.config.clock import utc_now
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.store.tables import attempts, journal
from activities.texts import wishes
from demo.client.voter import VERIFICATION, hidden_fields
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from election.stages import Channel, Stage
from tests.support.database_dump import rows
from tests.support.france_connect import ACCOUNT, ISSUER, PARTY, PORTAL, SimulatedFranceConnect
from tests.support.identified_voter import START, Voter, identified_voter
from tests.support.web_app import WebApp, assert_valid_response
from web.app import create_app

LE_GOFF, N_DIAYE, *_ = people()


@pytest.fixture
def france_connect(tmp_path: Path) -> SimulatedFranceConnect:
    """A provider on the real clock, as the web is."""
    return SimulatedFranceConnect(FictionalFranceConnect(tmp_path, ISSUER, PARTY, utc_now), utc_now)


@pytest_asyncio.fixture
async def voter(web_app: WebApp, france_connect: SimulatedFranceConnect) -> AsyncIterator[Voter]:
    """An elector for one test, who is Camille Le Goff at FranceConnect."""
    async with identified_voter(web_app, france_connect, LE_GOFF) as voter:
        yield voter


async def test_france_connect_comes_first_with_its_own_button(voter: Voter) -> None:
    """The choice page has the prescribed button, then « ou », then the question; its form can lead to the provider."""
    page = await voter.browser.get("/reassort/code-de-vote")
    assert_valid_response(page)
    order = [
        'class="fr-connect"',
        "Qu’est-ce que FranceConnect",
        'class="or"',
        'href="/reassort/code-de-vote/question-defi"',
    ]
    places = [page.text.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    assert f'action="{START}"' in page.text
    assert "form-action 'self' http://fc.exemple.fr;" in page.headers["content-security-policy"]


async def test_at_the_limit_of_new_codes_no_login_begins(voter: Voter) -> None:
    """The button that was shown before leads back to the choice page, which says so."""
    reissues = voter.web_app.services.voting_codes.reissues
    async with voter.web_app.services.database.writing() as connection:
        await reissues.allow_more(connection, voter.person.id, -await reissues.left(voter.person.id))
    answer = await voter.start()
    assert (answer.status_code, answer.headers["location"]) == (303, "/reassort/code-de-vote")


async def test_the_elector_s_own_identity_sends_the_link_to_its_mailbox(voter: Voter) -> None:
    """The browser is led out of FranceConnect to the address in full; the request is taken without a CAPTCHA, by e-mail."""
    back = await voter.come_back(LE_GOFF.work_email)
    assert back.status_code == 303
    assert back.headers["location"].startswith(f"{ISSUER}/session/end?id_token_hint=")
    async with httpx2.AsyncClient(transport=voter.france_connect.transport) as browser:
        led = await browser.get(back.headers["location"])
    assert led.headers["location"].partition("?")[0] == f"{PORTAL}{VERIFICATION}"
    page = await voter.browser.get(VERIFICATION)
    assert LE_GOFF.personal_email in page.text
    assert await voter.web_app.context.voting_code_client.status(voter.person.id) is None
    sent = await voter.browser.post(VERIFICATION, data=hidden_fields(page.text))
    assert (sent.status_code, sent.headers["location"]) == (303, "/reassort/suivi")
    # The follow-up page now shows the voting code's recovery, whatever it showed before.
    assert sent.headers["set-cookie"].startswith('suivi=""; ')
    assert "demande" not in voter.browser.cookies  # an identity serves once
    status = await voter.web_app.context.voting_code_client.status(voter.person.id)
    assert status is not None
    assert (status.channel, status.hint) == (Channel.EMAIL, "c•••@c•••.org")
    assert status.stage in {Stage.SENDING, Stage.LATE}
    entries = await rows(voter.web_app.services.database, journal)
    requests = [
        row for row in entries if row["actor"] == voter.person.id and row["event"].startswith("voting_code:")
    ]
    assert [row["wording"] for row in requests] == [wishes.FRANCE_CONNECT.id]


async def test_another_persons_identity_is_refused_and_counted(voter: Voter) -> None:
    """The page does not say what differs; it leads to the other proof and to the support desk, out of FranceConnect."""
    back = await voter.come_back(N_DIAYE.work_email)
    assert back.headers["location"].startswith(f"{ISSUER}/session/end?id_token_hint=")
    refused = await voter.checks()
    assert_valid_response(refused)
    assert refused.status_code == 422
    assert "pas permis de vous reconnaître" in refused.text
    assert 'href="/reassort/code-de-vote"' in refused.text
    assert "demande" not in voter.browser.cookies
    counted = [
        row["failures"]
        for row in await rows(voter.web_app.services.database, attempts)
        if row["subject"] == voter.person.id
    ]
    assert counted == [1]


@pytest.mark.parametrize(
    ("who", "changes", "status", "said"),
    [
        ("", {}, 422, "Vous avez annulé"),
        (LE_GOFF.work_email, {"state": "x" * 64}, 422, "il y a trop longtemps"),
        (LE_GOFF.work_email, {"iss": "http://autre.exemple.fr"}, 422, "pas celle que FranceConnect devait donner"),
        (LE_GOFF.work_email, {"code": "volé"}, 422, "il y a trop longtemps"),
        ("", {"error": "temporarily_unavailable"}, 503, "FranceConnect est indisponible"),
    ],
)
async def test_each_failure_has_its_sentence(
    voter: Voter, who: str, changes: dict[str, str], status: int, said: str
) -> None:
    """Cancelled, tampered with, expired, unavailable: nothing was requested, and the page says what to do."""
    back = await voter.come_back(who, **changes)
    assert_valid_response(back, fault=status == 503)
    assert back.status_code == status
    assert said in back.text
    assert await voter.web_app.context.voting_code_client.status(voter.person.id) is None


async def test_an_answer_can_be_used_once(voter: Voter) -> None:
    """Reloaded, the return page says that the france_connect was used, and leads to the follow-up page."""
    back = await voter.come_back(LE_GOFF.work_email)
    again = await voter.browser.get(str(back.request.url))
    assert again.status_code == 422
    assert "a déjà servi" in again.text
    assert 'href="/reassort/suivi"' in again.text


async def test_a_login_that_begins_in_another_tab_ends_no_other(voter: Voter) -> None:
    """The first tab's answer is taken after the second tab has begun; a wrong state in between spends nothing."""
    first = await voter.start()
    arrival = await voter.france_connect.sign_in_at(first.headers["location"], LE_GOFF.work_email)
    await voter.start()
    answered = {"code": arrival.code, "iss": arrival.issuer}
    for state in ({}, {"state": "x" * 43}):
        assert (await voter.browser.get("/franceconnect/retour", params=answered | state)).status_code == 422
    back = await voter.browser.get("/franceconnect/retour", params=answered | {"state": arrival.state})
    assert back.headers["location"].startswith(f"{ISSUER}/session/end?id_token_hint=")


async def test_an_answer_without_this_browser_s_secret_is_refused(voter: Voter) -> None:
    """A link with the answer of somebody else's login is refused (login CSRF)."""
    answer = await voter.browser.get("/franceconnect/retour", params={"code": "c", "state": "s"})
    assert answer.status_code == 422
    assert "il y a trop longtemps" in answer.text


async def test_the_secret_is_kept_from_scripts_and_other_pages(voter: Voter) -> None:
    """`HttpOnly`, and `Lax` since the answer comes from another site."""
    led = await voter.start()
    cookie = led.headers["set-cookie"]
    assert cookie.startswith("franceconnect=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax"))
    assert led.headers["location"].startswith(f"{ISSUER}/authorize?")


async def test_the_button_needs_the_form_of_the_session(voter: Voter) -> None:
    """A post from another site begins nothing, nor does opening the address."""
    assert (await voter.browser.post(START, data={"csrf": "x"})).status_code == 403
    opened = await voter.browser.get(START)
    assert (opened.status_code, opened.headers["location"]) == (303, "/reassort/code-de-vote")


async def test_a_provider_that_does_not_answer_is_reported_as_unavailable(voter: Voter) -> None:
    """At the first step already; the challenge question is still offered."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(502))
    context = replace(voter.web_app.context, france_connect=OpenIdFranceConnect(ACCOUNT, utc_now, transport))
    voter.browser._transport = httpx2.ASGITransport(create_app(context))
    away = await voter.start()
    assert away.status_code == 503
    assert "FranceConnect est indisponible" in away.text


@pytest.mark.parametrize(
    ("email", "said"),
    [("jean@ac-lyon.fr", "une adresse du ministère"), ("", "aucune adresse"), ("pas une adresse", "ne peut pas")],
)
async def test_no_link_goes_to_the_work_mailbox(voter: Voter, tmp_path: Path, email: str, said: str) -> None:
    """The address of the account must be a personal one; the page says where to change it."""

    class Moved(FictionalFranceConnect):
        def signed(self, claims: dict[str, str]) -> str:  # type: ignore[override] # a narrower mapping will do here
            return super().signed({**claims, "email": email})

    france_connect = SimulatedFranceConnect(Moved(tmp_path / "moved", ISSUER, PARTY, utc_now), utc_now)
    context = replace(voter.web_app.context, france_connect=france_connect.client)
    voter.browser._transport = httpx2.ASGITransport(create_app(context))
    voter.france_connect = france_connect
    back = await voter.come_back(LE_GOFF.work_email)
    assert back.status_code == 422
    assert said in back.text
    assert await voter.web_app.context.voting_code_client.status(voter.person.id) is None
