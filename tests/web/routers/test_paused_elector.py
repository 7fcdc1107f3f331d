"""An elector with too many attempts is refused by the web; the running recovery is not asked."""

import re

import pytest
from sqlalchemy import select
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.config.clock import utc_now
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.security.purposes import CONTACT, PROOFS
from activities.store.tables import vault_keys
from demo.client.voter import hidden_fields
from election.attempts import AttemptRules
from election.stages import Channel
from election.verdicts import Verdict
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import workflow_id_of

_RULES = AttemptRules()


def _form(person: Person, phone: str = "+33612345678") -> ChallengeRequest:
    return ChallengeRequest("", person.answer, person.numen, Channel.SMS, phone, "")


async def _fails(web_app: WebApp, person: Person, times: int, scope: AttemptScope = AttemptScope.RECOVERY) -> None:
    counting = Attempts(web_app.services.database, _RULES, utc_now)
    for number in range(times):
        assert await counting.count(Attempt(person.id, scope, f"try-{number}")) is None


async def test_a_paused_code_s_page_says_what_ends_the_wait(web_app: WebApp) -> None:
    """The right code is refused too, since somebody else may have typed the wrong ones: a new code and support are named."""
    voter = await web_app.new_elector()
    await _fails(web_app, voter, _RULES.free_failures, AttemptScope.VOTE)
    session = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", session.cookie)
        fields = hidden_fields((await browser.get("/vote")).text)
        fields["captcha"] = await web_app.services.captchas.answer(fields["captcha_id"]) or ""
        page = await browser.post("/vote", data={**fields, "voting_code": voter.voting_code})
    assert page.status_code == 429
    (alert,) = re.findall(r"<p>(Trop d’essais.*?)</p>", page.text)
    assert "demandez un nouveau code de vote" in alert
    assert web_app.context.election.support.email in alert


async def test_one_attempt_too_many_does_not_reach_the_recovery(web_app: WebApp, temporal: Client) -> None:
    """The server takes 2,000 updates of one recovery: wrong proofs must leave room for the voter's click."""
    voter = await web_app.new_elector()
    await _fails(web_app, voter, _RULES.free_failures)
    answer = await web_app.context.voting_code_client.submit(voter.id, _form(voter))
    assert answer.verdict is Verdict.PAUSED
    assert answer.until is not None
    assert answer.until > utc_now()
    with pytest.raises(RPCError) as never_begun:
        await temporal.get_workflow_handle(workflow_id_of(voter.id)).describe()
    assert never_begun.value.status is RPCStatusCode.NOT_FOUND


async def test_a_form_that_is_being_judged_reaches_the_recovery(web_app: WebApp) -> None:
    """The last free attempt begins the pause while it is judged: a second click on it has the same answer."""
    voter = await web_app.new_elector()
    assert await _asks(web_app, voter) is Verdict.ACCEPTED
    await _fails(web_app, voter, _RULES.free_failures)
    assert await _asks(web_app, voter, "+33687654321") is Verdict.PAUSED
    await web_app.services.vault.seal(
        workflow_id_of(voter.id), await _request_of(web_app, voter), {PROOFS: "sealed"}
    )
    assert await _asks(web_app, voter) is Verdict.ACCEPTED


async def _asks(web_app: WebApp, voter: Person, *phone: str) -> Verdict:
    return (await web_app.context.voting_code_client.submit(voter.id, _form(voter, *phone))).verdict


async def _request_of(web_app: WebApp, voter: Person) -> str:
    is_contact = vault_keys.c.id.endswith(f":{CONTACT}")
    query = select(vault_keys.c.id).where(vault_keys.c.workflow_id == workflow_id_of(voter.id), is_contact)
    async with web_app.services.database.reading() as connection:
        return str((await connection.execute(query)).scalar_one()).removesuffix(f":{CONTACT}")
