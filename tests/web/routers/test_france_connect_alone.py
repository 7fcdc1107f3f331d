"""Where FranceConnect is the only proof, of the election or of the elector, or the only one for now, no page offers the question."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import delete

from activities.accounts.credentials import Credentials, Kind
from activities.config.clock import utc_now
from activities.store.tables import activations
from demo.client.voter import CHALLENGE, DESTINATION, VERIFICATION, hidden_fields
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from tests.support.code_request import EMAIL, voter_of
from tests.support.france_connect import ISSUER, PARTY, SimulatedFranceConnect
from tests.support.identified_voter import START, Voter, identified_voter
from tests.support.web_app import WebApp, assert_valid_response
from web.app import create_app

LE_GOFF, N_DIAYE, *_ = people()
CHOICE = "/reassort/code-de-vote"
_NO_QUESTION = pytest.mark.parametrize("voter", ["not offered", "no question"], indirect=True)


class _Accounts(FictionalFranceConnect):
    """The demo's accounts, with an e-mail address that can be changed."""

    email: str | None = None

    def signed(self, claims: Mapping[str, Any]) -> str:
        return super().signed(claims if self.email is None else {**claims, "email": self.email})


@pytest.fixture
def accounts(tmp_path: Path) -> _Accounts:
    """A provider on the real clock, as the web is."""
    return _Accounts(tmp_path, ISSUER, PARTY, utc_now)


@pytest_asyncio.fixture(params=["not offered", "waits", "no question"])
async def voter(request: pytest.FixtureRequest, web_app: WebApp, accounts: _Accounts) -> AsyncIterator[Voter]:
    """An elector who cannot answer the question: the election or the elector has none, or the password was recovered a moment ago."""
    async with identified_voter(web_app, SimulatedFranceConnect(accounts, utc_now), LE_GOFF) as voter:
        if request.param == "waits":
            await _recover_password(voter)
        elif request.param == "no question":
            async with web_app.services.database.writing() as connection:
                await connection.execute(delete(activations).where(activations.c.elector_id == voter.person.id))
        else:
            _offer_no_question(voter)
        yield voter


async def _recover_password(voter: Voter) -> None:
    database, link_id = voter.web_app.services.database, f"link-{voter.person.id}"[:64]
    async with database.writing() as connection:
        credentials = Credentials(database, utc_now)
        await credentials.replace(connection, voter.person.id, Kind.PASSWORD, link_id, "new", mac="")


def _offer_no_question(voter: Voter) -> None:
    election = voter.web_app.context.election
    rules = election.voting_code_recovery.model_copy(update={"challenge_question": False})
    alone = election.model_copy(update={"voting_code_recovery": rules})
    voter.browser._transport = httpx2.ASGITransport(create_app(replace(voter.web_app.context, election=alone)))


def _read(page: httpx2.Response) -> str:
    """Return the content of a valid page, which offers no other proof."""
    assert_valid_response(page, fault=page.status_code == 503)
    content = page.text.split("<main", 1)[1].split("</main", 1)[0].split("<aside", 1)[0]
    assert not [told for told in ("question défi", "autrement") if told in content]
    return content


@_NO_QUESTION
async def test_the_choice_is_france_connect_alone(voter: Voter) -> None:
    """Also after a new password: no wait is told, since it is the question's."""
    await _recover_password(voter)
    content = _read(await voter.browser.get(CHOICE))
    assert f'action="{START}"' in content
    assert "pas activé" not in content


@_NO_QUESTION
async def test_the_pages_of_the_question_lead_to_the_choice(voter: Voter) -> None:
    """Opened and sent, with proofs and destination that are right."""
    proofs = {"answer": voter.person.answer, "proof": voter.person.numen, "channel": "email", "email": EMAIL}
    for page in (CHALLENGE, DESTINATION):
        for answer in (
            await voter.browser.get(page),
            await voter.browser.post(page, data={"csrf": voter.csrf, **proofs}),
        ):
            assert (answer.status_code, answer.headers["location"]) == (303, CHOICE)


async def test_the_elector_s_own_identity_is_accepted(voter: Voter) -> None:
    """Neither the election nor the elector needs a question for it."""
    await voter.come_back(LE_GOFF.work_email)
    sent = await voter.checks()
    assert (sent.status_code, sent.headers["location"]) == (303, "/reassort/suivi")


async def test_answers_that_were_given_while_the_question_was_offered_are_not_sent(
    web_app: WebApp, accounts: _Accounts
) -> None:
    """The election's file has changed since: the last page leads to the choice."""
    async with identified_voter(web_app, SimulatedFranceConnect(accounts, utc_now), LE_GOFF) as voter:
        filled_in = await voter_of(voter.browser, voter.person).fill_in()
        assert filled_in.headers["location"] == VERIFICATION
        fields = hidden_fields((await voter.browser.get(VERIFICATION)).text)
        _offer_no_question(voter)
        for answer in (await voter.browser.get(VERIFICATION), await voter.browser.post(VERIFICATION, data=fields)):
            assert (answer.status_code, answer.headers["location"]) == (303, CHOICE)
        assert await voter.web_app.context.voting_code_client.status(voter.person.id) is None


@_NO_QUESTION
async def test_a_check_that_another_session_sends_is_begun_again(voter: Voter) -> None:
    """The page that comes back has no question to answer."""
    other = await voter.web_app.signed_in(voter.person)
    assert "Rouvrez la page" in _read(await voter.browser.post(VERIFICATION, data={"csrf": other.csrf}))


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({}, "Vous pouvez recommencer, ou écrire à l’assistance."),
        ({"state": "x" * 64}, "Vous pouvez recommencer, ou écrire à l’assistance."),
        ({"error": "temporarily_unavailable"}, "Réessayez dans quelques minutes, ou écrivez à l’assistance."),
    ],
)
async def test_after_a_failure_the_voter_starts_again(voter: Voter, changes: dict[str, str], advice: str) -> None:
    """Or writes to support."""
    content = _read(await voter.come_back("", **changes))
    assert advice in content
    assert ">Recommencer</a>" in content


async def test_a_refused_address_is_changed_in_the_account(voter: Voter, accounts: _Accounts) -> None:
    """The button only leaves FranceConnect."""
    accounts.email = ""
    content = _read(await voter.come_back(LE_GOFF.work_email))
    assert "Changez-la dans votre compte FranceConnect, ou écrivez à l’assistance." in content
    assert ">Quitter FranceConnect</a>" in content


async def test_before_the_link_is_sent_only_the_account_can_be_changed(voter: Voter) -> None:
    """The page of the check has no link to another proof."""
    await voter.come_back(LE_GOFF.work_email)
    assert "changez-la dans ce compte." in _read(await voter.browser.get(VERIFICATION))


async def test_after_another_person_s_identity_support_helps(voter: Voter) -> None:
    """The voter can also start again."""
    await voter.come_back(N_DIAYE.work_email)
    content = _read(await voter.checks())
    assert "avec certitude. Écrivez à l’assistance." in content
    assert ">Recommencer</a>" in content
