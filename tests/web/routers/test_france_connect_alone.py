"""Where FranceConnect is the only proof, or the only one for now, no page offers the challenge question."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from activities.accounts.credentials import Credentials, Kind
from activities.config.clock import utc_now
from demo.client.voter import VERIFICATION
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from tests.support.france_connect import ISSUER, PARTY, SimulatedFranceConnect
from tests.support.identified_voter import Voter, identified_voter
from tests.support.web_app import WebApp, assert_valid_response
from web.app import create_app

LE_GOFF, N_DIAYE, *_ = people()


class _Accounts(FictionalFranceConnect):
    """The demo's accounts, with an e-mail address that can be changed."""

    email: str | None = None

    def signed(self, claims: Mapping[str, Any]) -> str:
        return super().signed(claims if self.email is None else {**claims, "email": self.email})


@pytest.fixture
def accounts(tmp_path: Path) -> _Accounts:
    """A provider on the real clock, as the web is."""
    return _Accounts(tmp_path, ISSUER, PARTY, utc_now)


@pytest_asyncio.fixture(params=["not offered", "waits"])
async def voter(request: pytest.FixtureRequest, web_app: WebApp, accounts: _Accounts) -> AsyncIterator[Voter]:
    """An elector who cannot answer the question: the election has none, or the password was recovered a moment ago."""
    async with identified_voter(web_app, SimulatedFranceConnect(accounts, utc_now), LE_GOFF) as voter:
        if request.param == "waits":
            database = web_app.services.database
            async with database.writing() as connection:
                link_id = f"link-{voter.person.id}"[:64]
                credentials = Credentials(database, utc_now)
                await credentials.replace(connection, voter.person.id, Kind.PASSWORD, link_id, "new", mac="")
        else:
            election = voter.web_app.context.election
            rules = election.voting_code_recovery.model_copy(update={"challenge_question": False})
            alone = election.model_copy(update={"voting_code_recovery": rules})
            context = replace(voter.web_app.context, election=alone)
            voter.browser._transport = httpx2.ASGITransport(create_app(context))
        yield voter


def _read(page: httpx2.Response) -> str:
    """Return the content of a valid page, which offers no other proof."""
    assert_valid_response(page, fault=page.status_code == 503)
    content = page.text.split("<main", 1)[1].split("</main", 1)[0].split("<aside", 1)[0]
    assert not [told for told in ("question défi", "autrement") if told in content]
    return content


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
