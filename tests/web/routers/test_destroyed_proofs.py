"""What an elector typed is destroyed with the answer to the request, whatever the answer is."""

import pytest
from sqlalchemy import select
from temporalio.client import Client

from activities.store.tables import vault_keys
from election.stages import Channel
from election.verdicts import Verdict
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp
from web.clients.challenge_request import ChallengeRequest
from web.clients.identifier import IdentifierRequest
from web.clients.voting_code import workflow_id_of


async def _asks(web_app: WebApp, person: Person, number: int) -> Verdict:
    request = ChallengeRequest(str(number), person.answer, person.numen, Channel.SMS, "+33612345678", "")
    return (await web_app.context.voting_code_client.submit(person.id, request)).verdict


async def _keys(web_app: WebApp, workflow_id: str) -> list[str]:
    query = select(vault_keys.c.id).where(vault_keys.c.workflow_id == workflow_id)
    async with web_app.services.database.reading() as connection:
        keys = list((await connection.execute(query)).scalars())
    return sorted(key.rpartition(":")[2] for key in keys if not key.endswith(":notice"))


async def test_one_request_too_many_leaves_nothing_that_can_be_read(web_app: WebApp) -> None:
    """It comes too soon and is refused before its proofs are checked: of it no key is left, of the first one the contact's."""
    voter = await web_app.new_elector()
    assert [await _asks(web_app, voter, number) for number in range(2)] == [Verdict.ACCEPTED, Verdict.TOO_SOON]
    assert await _keys(web_app, workflow_id_of(voter.id)) == ["contact"]


async def test_an_accepted_form_that_is_sent_again_is_not_sealed_again(web_app: WebApp) -> None:
    """The answer was lost on its way: it is given once more, and no proof is left that nothing would destroy."""
    voter = await web_app.new_elector()
    assert [await _asks(web_app, voter, 1) for _ in range(2)] == [Verdict.ACCEPTED] * 2
    assert await _keys(web_app, workflow_id_of(voter.id)) == ["contact"]


@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_an_accepted_form_for_an_identifier_is_not_sealed_again(
    web_app: WebApp, temporal: Client, is_signed_in: bool
) -> None:
    """Nor is it judged again when it is sent without a sign-in, where a refusal would take the number's key away."""
    client, voter = web_app.context.identifier_client, await web_app.new_elector()
    request = IdentifierRequest("form", voter.numen, voter.birth_date, f"+336390{voter.id[-5:]}", "")
    workflow_id = await client.workflow_id(voter.id)
    for _ in range(2):
        if is_signed_in:
            assert (await client.submit(voter.id, request)).verdict is Verdict.ACCEPTED
        else:
            await client.submit_anonymously(request)
        await until(lambda: _is_begun(web_app, workflow_id))
        await temporal.get_workflow_handle(workflow_id).query(
            "status"
        )  # once it answers, a signal has been handled
    assert await _keys(web_app, workflow_id) == ["contact", "identifier"]


async def _is_begun(web_app: WebApp, workflow_id: str) -> bool:
    return "proofs" not in await _keys(web_app, workflow_id)
